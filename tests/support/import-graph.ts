import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** One import of a module: of another file of the project, or of a package. `isType` when nothing of it is left at run time. */
export type Import = { readonly from: string; readonly isType: boolean } & (
  | { readonly file: string }
  | { readonly packageName: string }
);

/** Parses one module. */
export function parseModule(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Visits every node of a module. */
export function visitNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => visitNodes(child, visit));
}

/** Everything that a module imports, re-exports or loads later, types included; `files` are the project's own. */
export function readImports(module: ts.SourceFile, files: ReadonlySet<string>): Import[] {
  const imports: Import[] = [];
  visitNodes(module, (node) => {
    const specifier = readSpecifier(node);
    if (specifier === null) return;
    const target = resolveImport(module.fileName, specifier, files);
    imports.push({ from: module.fileName, isType: isTypeOnly(node), ...target });
  });
  return imports;
}

function readSpecifier(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  return null;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node) || node.importClause === undefined) return false;
  const { isTypeOnly: isWhole, name, namedBindings } = node.importClause;
  if (isWhole) return true;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : null;
}

function resolveImport(
  from: string,
  specifier: string,
  files: ReadonlySet<string>,
): { readonly file: string } | { readonly packageName: string } {
  const isOwn = specifier.startsWith('.') || specifier.startsWith('@/');
  if (!isOwn) return { packageName: nameOfPackage(specifier) };
  const path = specifier.startsWith('@/') ? specifier.slice(2) : posix.join(posix.dirname(from), specifier);
  const candidates = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`, `${path}/index.tsx`];
  const file = candidates.find((candidate) => files.has(candidate));
  if (file === undefined) throw new Error(`${from} imports ${specifier}, which is no file of the project`);
  return { file };
}

/** `next/headers` belongs to `next`, `@supabase/ssr/x` to `@supabase/ssr`; Node's own keep their whole name. */
function nameOfPackage(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The files of one import cycle in order, the first one repeated at the end; null when there is none. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): string[] | null => {
    const start = trail.indexOf(file);
    if (start !== -1) return [...trail.slice(start), file];
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = walk(next, [...trail, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const cycle = walk(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

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
