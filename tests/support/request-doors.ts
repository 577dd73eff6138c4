import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { listFiles, readProjectFile } from './import-graph';

/** Something of the product that can be asked from outside, as the code itself lists it. */
export interface Door {
  readonly kind: 'page' | 'route' | 'action';
  readonly method: string;
  /** The path with its places in brackets, such as `/admin/runs/[id]`. */
  readonly path: string;
  /** The id of a server action, which a browser names in a header. */
  readonly action: string | null;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Every page, every method of every route, and every action that the build knows. */
export function listDoors(buildFolder = '.next'): readonly Door[] {
  const files = listFiles().filter((file) => file.startsWith('app/'));
  const pages = files
    .filter((file) => /\/page\.tsx$/.test(file))
    .map((file): Door => ({ kind: 'page', method: 'GET', path: pathOf(file), action: null }));
  const routes = files
    .filter((file) => /\/route\.ts$/.test(file))
    .flatMap((file) =>
      METHODS.filter((method) => exportsName(readProjectFile(file), method)).map(
        (method): Door => ({ kind: 'route', method, path: pathOf(file), action: null }),
      ),
    );
  const actions = pages.flatMap(({ path }) =>
    listActions(buildFolder).map((action): Door => ({ kind: 'action', method: 'POST', path, action })),
  );
  return [...pages, ...routes, ...actions];
}

function pathOf(file: string): string {
  return file.replace(/^app/, '').replace(/\/(page\.tsx|route\.ts)$/, '') || '/';
}

function exportsName(source: string, name: string): boolean {
  return new RegExp(`export const ${name}\\b|export \\{[^}]*\\bas ${name}\\b`).test(source);
}

const manifest = z.object({ node: z.record(z.string(), z.unknown()) });

function listActions(buildFolder: string): readonly string[] {
  const text = readFileSync(`${buildFolder}/server/server-reference-manifest.json`, 'utf8');
  return Object.keys(manifest.parse(JSON.parse(text)).node);
}
