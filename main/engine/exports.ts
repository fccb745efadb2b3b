import { exportFormats } from './formats/index.ts';
import type { ExportedFile, ExportRequest } from './formats/export-format.ts';

/** One network's exports. Each format is written at most once, however many ask for it. */
export class Exports {
  private readonly request: ExportRequest;
  private readonly written = new Map<string, Promise<ExportedFile[]>>();

  constructor(request: ExportRequest) {
    this.request = request;
  }

  /** @throws EspalierError naming what the format cannot write */
  files(id: string): Promise<ExportedFile[]> {
    const known = this.written.get(id) ?? this.write(id);
    this.written.set(id, known);
    return known;
  }

  private async write(id: string): Promise<ExportedFile[]> {
    return exportFormats.get(id, 'export').write(this.request);
  }
}
