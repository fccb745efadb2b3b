import './no-eval.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/dialogs.css';

// Each in a task of its own, so that the page is never busy for long: what recipes are, all that crosses borders, the shell around the
// screens, showing it.
await import('../main/contract/recipe.ts');
await import('./bridge/index.ts');
const { start } = await import('./start.ts');
setTimeout(start);
