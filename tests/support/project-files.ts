import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the project consists of: everything but git's own folder and what `.gitignore` names. */
const IGNORED = ['.git', ...readFileSync('.gitignore', 'utf8').split('\n')]
  .map((line) => line.trim().replace(/\/$/, ''))
  .filter((line) => line !== '');

function isIgnored(path: string, name: string): boolean {
  return IGNORED.some((pattern) =>
    pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : pattern === name || pattern === path,
  );
}

/** Names at the project's top level that are part of it, folders included. */
export function listTopLevel(): string[] {
  return readdirSync('.').filter((name) => !isIgnored(name, name));
}

/** Every file of the project below a folder, as paths from the project's root with forward slashes. */
export function listFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (isIgnored(path, entry.name)) return [];
    if (entry.isDirectory()) return listFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The text of a file of the project. */
export function readProjectFile(path: string): string {
  return readFileSync(join('.', path), 'utf8');
}
