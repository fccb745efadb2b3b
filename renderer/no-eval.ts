import { config } from 'zod';

// The content security policy forbids compiling code at run time, which zod would otherwise try. Imported first.
config({ jitless: true });
