import type { DroppedItem } from '../text/dropped.ts';

/** A dropped file or folder with its content. */
export interface DroppedFile extends DroppedItem {
  readonly file: File;
}

/** So much of a JSON file tells what it is. */
const headBytes = 64 * 1024;
/** So many names tell what is in a folder. */
const mostNames = 2_000;

/** Reads what a page can see of a drop. Called while the event is handled: its items are gone afterwards. */
export function readDrop(transfer: DataTransfer): Promise<DroppedFile[]> {
  const taken = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }));
  return Promise.all(
    taken.flatMap(({ file, entry }) =>
      file === null
        ? []
        : [
            (async () => ({
              file,
              name: file.name,
              folder: entry?.isDirectory ?? false,
              inside: entry?.isDirectory === true ? await namesIn(entry as FileSystemDirectoryEntry) : [],
              head: /\.json$/i.test(file.name) ? await file.slice(0, headBytes).text() : '',
            }))(),
          ],
    ),
  );
}

async function namesIn(folder: FileSystemDirectoryEntry): Promise<string[]> {
  const reader = folder.createReader();
  const names: string[] = [];
  while (names.length < mostNames) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    for (const { name, isDirectory } of some) names.push(isDirectory ? `${name}/` : name);
  }
  return names;
}
