import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { z } from 'zod';
import { listFiles, parseModule, readProjectFile, visitNodes } from './import-graph';

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

/** The code of an endpoint alone: what it is made of, and of its own module whatever that refers to. */
export function codeOf({ kind, name, method, file }: Endpoint): string {
  const module = parseModule(file, readProjectFile(file));
  const own = new Map(
    module.statements.flatMap((statement) => namesOf(statement).map((one) => [one, statement])),
  );
  const wanted = [kind === 'action' ? name.slice('action '.length) : kind === 'page' ? 'default' : method];
  const found = new Set<ts.Node>();
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    const statement = own.get(next);
    if (statement === undefined || found.has(statement)) continue;
    found.add(statement);
    visitNodes(statement, (node) => {
      if (ts.isIdentifier(node)) wanted.push(node.text);
    });
  }
  return [...found].map((node) => node.getText()).join('\n');
}

/** What a statement at the top of a module declares; of a page's own function also that it is the default. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (!ts.isFunctionDeclaration(statement)) return [];
  const isDefault = (ts.getModifiers(statement) ?? []).some(
    ({ kind }) => kind === ts.SyntaxKind.DefaultKeyword,
  );
  return [...(statement.name === undefined ? [] : [statement.name.text]), ...(isDefault ? ['default'] : [])];
}

/** A server action of a build. */
export interface BuiltAction {
  readonly name: string;
  /** By which a browser names it in a header. */
  readonly id: string;
  /** The paths of the pages that have it; the one that says that there is none has no address. */
  readonly pages: readonly string[];
}

const manifest = z.object({
  node: z.record(
    z.string(),
    z.object({ exportedName: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});

/** The server actions that a build takes. */
export function readActions(buildFolder = '.next'): readonly BuiltAction[] {
  const text = readFileSync(`${buildFolder}/server/server-reference-manifest.json`, 'utf8');
  const pages = new Set(listEndpoints().flatMap(({ kind, path }) => (kind === 'page' ? [path] : [])));
  return Object.entries(manifest.parse(JSON.parse(text)).node).map(([id, { exportedName, workers }]) => {
    const paths = Object.keys(workers).map(pathOf);
    return { name: exportedName, id, pages: paths.filter((path) => pages.has(path)) };
  });
}
