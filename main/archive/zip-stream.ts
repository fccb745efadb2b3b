import { Zip, ZipDeflate } from 'fflate';

/** The first moment that a zip can name: the same project gives the same bytes. */
const ALWAYS = new Date(1980, 0, 1);

/** Writes a zip entry by entry; what is ready is handed out in between. */
export class ZipStream {
  private readonly ready: Uint8Array[] = [];
  private readonly zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    this.ready.push(chunk);
  });

  add(name: string, content: Uint8Array): Uint8Array[] {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = ALWAYS;
    this.zip.add(entry);
    entry.push(content, true);
    return this.ready.splice(0);
  }

  end(): Uint8Array[] {
    this.zip.end();
    return this.ready.splice(0);
  }
}
