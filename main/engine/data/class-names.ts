/** A class name without what people write in two ways: dots at the end, blanks, hyphens, capitals, '1.0' for '1'. */
export function plainName(name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace(/\.+$/, '');
  // A sign alone, as in '+' and '-', is a name.
  if (plain === '') return name;
  const number = Number(plain);
  return name.startsWith('-') ? name.trim() : Number.isFinite(number) ? String(number) : plain;
}
