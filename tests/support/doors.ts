import ts from 'typescript';
import { listFiles, parseModule, readProjectFile } from './import-graph';

/** Every door of the product by its own code: `GET /api/health`, `page /data-quality`, `action signIn`, each with its file. */
export function listDoors(): ReadonlyMap<string, string> {
  const files = listFiles('app').filter((path) => /\.tsx?$/.test(path));
  return new Map(files.flatMap((path) => namesOf(path).map((name): [string, string] => [name, path])).sort());
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function namesOf(path: string): string[] {
  if (/\/page\.tsx$/.test(path)) return [`page ${addressOf(path)}`];
  const module = parseModule(path, readProjectFile(path));
  if (/\/route\.tsx?$/.test(path)) {
    return listExports(module)
      .filter((name) => METHODS.has(name))
      .map((method) => `${method} ${addressOf(path)}`);
  }
  return isServerModule(module) ? listExports(module).map((name) => `action ${name}`) : [];
}

function addressOf(path: string): string {
  const folders = path
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
