import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { z } from 'zod';
import { listFiles, parseModule, readProjectFile } from './import-graph';

/** Something of the product that can be requested from outside, as its own code lists it. */
export interface Endpoint {
  /** `GET /api/health`, `page /data-quality` or `action signIn`. */
  readonly name: string;
  readonly kind: 'page' | 'route' | 'action';
  readonly method: string;
  /** The path with its places in brackets, such as `/admin/runs/[id]`; an action has none of its own. */
  readonly path: string | null;
  readonly file: string;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Every page, every method of every route and every server action. */
export function listEndpoints(): readonly Endpoint[] {
  return listFiles('app')
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap(endpointsOf);
}

function endpointsOf(file: string): Endpoint[] {
  const path = pathOf(file);
  if (/\/page\.tsx$/.test(file)) return [{ name: `page ${path}`, kind: 'page', method: 'GET', path, file }];
  const module = parseModule(file, readProjectFile(file));
  if (/\/route\.tsx?$/.test(file)) {
    return listExports(module)
      .filter((name) => METHODS.has(name))
      .map((method) => ({ name: `${method} ${path}`, kind: 'route', method, path, file }));
  }
  if (!isServerModule(module)) return [];
  return listExports(module).map((name) => ({
    name: `action ${name}`,
    kind: 'action',
    method: 'POST',
    path: null,
    file,
  }));
}

function pathOf(file: string): string {
  const folders = file
    .split('/')
    .slice(1, -1)
    .filter((folder) => !/^\(.*\)$/.test(folder));
  return `/${folders.join('/')}`;
}

function isServerModule({ statements: [first] }: ts.SourceFile): boolean {
  return (
    first !== undefined &&
    ts.isExpressionStatement(first) &&
    ts.isStringLiteral(first.expression) &&
    first.expression.text === 'use server'
  );
}

/** The names of values that a module exports. */
function listExports(module: ts.SourceFile): string[] {
  return module.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isFunctionDeclaration(statement)) return statement.name === undefined ? [] : [statement.name.text];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  });
}

const manifest = z.object({ node: z.record(z.string(), z.unknown()) });

/** The ids under which a build takes server actions, which a browser names in a header. */
export function readActionIds(buildFolder = '.next'): readonly string[] {
  const text = readFileSync(`${buildFolder}/server/server-reference-manifest.json`, 'utf8');
  return Object.keys(manifest.parse(JSON.parse(text)).node);
}
