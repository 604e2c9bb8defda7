// Exits 0 when node_modules holds what package-lock.json asks for.
import { existsSync, readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

function isCurrent() {
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const wanted = read('package-lock.json');
  const installed = read('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    return there === undefined ? entry.optional === true : there.version === entry.version;
  });
}

process.exit(isCurrent() ? 0 : 1);
