/**
 * Gives out names that every program takes: letters, digits and a few marks, the first no mark. Layers are named without
 * slashes, which would make groups in HDF5; in a graph they make scopes, as they should.
 */
export class Names {
  private readonly taken = new Set<string>();
  private readonly foreign: RegExp;

  constructor({ slashes = false }: { slashes?: boolean } = {}) {
    this.foreign = slashes ? /[^A-Za-z0-9._/-]/g : /[^A-Za-z0-9._-]/g;
  }

  fresh(wanted: string): string {
    const plain = wanted.replace(this.foreign, '_').replace(/^[^A-Za-z0-9]+/, '');
    const base = plain === '' ? 'layer' : plain;
    let name = base;
    for (let i = 2; this.taken.has(name); i++) name = `${base}_${i}`;
    this.taken.add(name);
    return name;
  }
}
