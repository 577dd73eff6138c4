import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import {
  findCycle,
  type Import,
  listFiles,
  listTopLevel,
  parseModule,
  readImports,
  readProjectFile,
  visitNodes,
} from './support/import-graph';

const files = new Set(listFiles());
const isModule = (path: string): boolean => /\.tsx?$/.test(path) && !path.startsWith('tests/');
const modules = [...files]
  .filter(isModule)
  .sort()
  .map((path) => parseModule(path, readProjectFile(path)));
const imports = modules.flatMap((module) => readImports(module, files));

/** One use case each: `document.ts`, `store.ts`, its verbs, and `wiring.ts`. */
const FEATURES = [
  'lib/alerts/',
  'lib/backfill/',
  'lib/connections/',
  'lib/coverage/',
  'lib/doubts/',
  'lib/estimates/',
  'lib/fill/',
  'lib/history/',
  'lib/imports/',
  'lib/inbox/',
  'lib/live/',
  'lib/manual-accounts/',
  'lib/messages/',
  'lib/notes/',
  'lib/operations/',
  'lib/user-data/',
  'lib/webhooks/',
];
/** What use cases stand on; none of it knows any of them. */
const EDGES = ['lib/db/', 'lib/http/', 'lib/providers/', 'lib/telemetry/'];
const EDGE_FILES = [
  'lib/credentials.ts',
  'lib/demo-users.ts',
  'lib/env.ts',
  'lib/errors.ts',
  'lib/log.ts',
  'lib/security-headers.ts',
];

/** Vendor folder to the vendor's packages. */
const VENDOR_PACKAGES: Readonly<Record<string, string>> = {
  'lib/providers/snaptrade/': 'snaptrade-typescript-sdk',
  'lib/providers/plaid/': 'plaid',
  'lib/providers/alpaca/': '@alpacahq/alpaca-trade-api',
};
/** The central bank has no package of its own. */
const VENDOR_FOLDERS = [...Object.keys(VENDOR_PACKAGES), 'lib/providers/ecb/'];

const vendorOf = (path: string): string | undefined =>
  VENDOR_FOLDERS.find((folder) => path.startsWith(folder));
const isWithin = (path: string, ...places: string[]): boolean =>
  places.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)));
/** Whether a path is a feature's file of a name that has a meaning: its document, its store, its wiring. */
const isRoomFile = (path: string, name: string): boolean =>
  FEATURES.some((feature) => path === `${feature}${name}`);

/** Whether a path is where a feature calls the database; the evidence has a store of its own. */
const isStore = (path: string): boolean =>
  isRoomFile(path, 'store.ts') || path === 'lib/fill/evidence-store.ts';

/** Imports from some places that a rule does not allow, each as one readable line. */
function findOffences(from: (path: string) => boolean, isAllowed: (target: Import) => boolean): string[] {
  return imports
    .filter((target) => from(target.from) && !isAllowed(target))
    .map((target) => `${target.from} -> ${'file' in target ? target.file : target.packageName}`);
}

test('the import graph is read at all', () => {
  expect(imports).toContainEqual({ from: 'app/layout.tsx', packageName: 'geist', isType: false });
  expect(imports).toContainEqual({ from: 'instrumentation.ts', file: 'lib/env.ts', isType: false });
  expect(imports).toContainEqual({ from: 'lib/live/refresh.ts', file: 'lib/live/store.ts', isType: true });
});

test('every file of the library is in a room that has rules', () => {
  const rooms = ['lib/domain/', 'lib/jobs/', 'lib/local/', ...FEATURES, ...EDGES, ...EDGE_FILES];
  const homeless = [...files].filter((path) => path.startsWith('lib/') && !isWithin(path, ...rooms));
  expect(homeless).toEqual([]);
  for (const feature of FEATURES)
    expect(
      [...files].some((path) => isWithin(path, feature)),
      feature,
    ).toBe(true);
});

describe('which way imports point', () => {
  test('the domain imports nothing but itself and pure arithmetic', () => {
    const arithmetic = ['decimal.js', 'node-irr', 'date-fns', '@date-fns/tz', '@date-fns/utc'];
    const offences = findOffences(
      (path) => isWithin(path, 'lib/domain/'),
      (target) =>
        'file' in target ? isWithin(target.file, 'lib/domain/') : arithmetic.includes(target.packageName),
    );
    expect(offences).toEqual([]);
  });

  test('a document imports the domain, other documents, and what schemas are made of', () => {
    const offences = findOffences(
      (path) => isRoomFile(path, 'document.ts'),
      (target) =>
        'file' in target
          ? isWithin(target.file, 'lib/domain/', 'lib/db/rpc.ts') || isRoomFile(target.file, 'document.ts')
          : ['server-only', 'zod'].includes(target.packageName),
    );
    expect(offences).toEqual([]);
  });

  test('components import components, the domain, types of documents and packages for browsers', () => {
    const serverPackages = /^(node:|server-only$|@supabase\/|postgres$)/;
    const offences = findOffences(
      (path) => isWithin(path, 'components/'),
      (target) =>
        'file' in target
          ? isWithin(target.file, 'components/', 'lib/domain/') ||
            (isRoomFile(target.file, 'document.ts') && target.isType)
          : !serverPackages.test(target.packageName),
    );
    expect(offences).toEqual([]);
  });

  test('the edges know no feature, and features do not know who asks for fills', () => {
    const offences = findOffences(
      (path) => isWithin(path, ...FEATURES, ...EDGES, ...EDGE_FILES),
      (target) =>
        !('file' in target) ||
        isWithin(target.file, 'lib/domain/', ...EDGES, ...EDGE_FILES) ||
        (isWithin(target.from, ...FEATURES) && isWithin(target.file, ...FEATURES)),
    );
    expect(offences).toEqual([]);
  });

  test('jobs are asked for by app alone', () => {
    const offences = findOffences(
      (path) => !isWithin(path, 'app/', 'lib/jobs/'),
      (target) => !('file' in target) || !isWithin(target.file, 'lib/jobs/'),
    );
    expect(offences).toEqual([]);
  });

  test('a vendor’s folder imports the port, the domain, the environment and its own files', () => {
    const shared = [
      'lib/providers/provider.ts',
      'lib/providers/exchange-rate-source.ts',
      'lib/providers/price-source.ts',
      'lib/domain/',
      'lib/env.ts',
    ];
    const offences = findOffences(
      (path) => vendorOf(path) !== undefined,
      (target) =>
        !('file' in target) ||
        vendorOf(target.file) === vendorOf(target.from) ||
        isWithin(target.file, ...shared),
    );
    expect(offences).toEqual([]);
  });

  test('a vendor’s SDK is imported in that vendor’s folder only', () => {
    const offences = imports.filter(
      (target) =>
        'packageName' in target &&
        Object.values(VENDOR_PACKAGES).includes(target.packageName) &&
        VENDOR_PACKAGES[vendorOf(target.from) ?? ''] !== target.packageName,
    );
    expect(offences).toEqual([]);
  });

  test('only the registry of providers and the wirings know that there are vendors', () => {
    const offences = findOffences(
      (path) =>
        vendorOf(path) === undefined &&
        path !== 'lib/providers/registry.ts' &&
        !isRoomFile(path, 'wiring.ts'),
      (target) => !('file' in target) || vendorOf(target.file) === undefined,
    );
    expect(offences).toEqual([]);
  });

  test('OpenTelemetry is loaded by one file, and that one by the start of the server alone', () => {
    const loading = imports.filter(
      (target) => 'packageName' in target && target.packageName.startsWith('@opentelemetry/'),
    );
    expect(new Set(loading.map(({ from }) => from))).toEqual(new Set(['lib/telemetry/otlp.ts']));
    const startedBy = imports.filter(
      (target) =>
        'file' in target &&
        ['lib/telemetry/otlp.ts', 'lib/telemetry/start-telemetry.ts'].includes(target.file),
    );
    expect(startedBy.map(({ from }) => from).toSorted()).toEqual([
      'instrumentation.ts',
      'lib/telemetry/start-telemetry.ts',
    ]);
  });

  test('nothing that is deployed imports what runs on a developer’s machine', () => {
    const offences = findOffences(
      (path) => !isWithin(path, 'lib/local/', 'supabase/'),
      (target) => !('file' in target) || !isWithin(target.file, 'lib/local/'),
    );
    expect(offences).toEqual([]);
  });

  test('the library knows neither app nor the components', () => {
    const offences = findOffences(
      (path) => isWithin(path, 'lib/'),
      (target) => !('file' in target) || isWithin(target.file, 'lib/', 'supabase/'),
    );
    expect(offences).toEqual([]);
  });

  test('no imports run in a circle', () => {
    const edges = new Map(
      modules.map(({ fileName }) => [
        fileName,
        imports.flatMap((target) => (target.from === fileName && 'file' in target ? [target.file] : [])),
      ]),
    );
    expect(findCycle(edges)).toBeNull();
    expect(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b']);
  });
});

describe('where the database is called', () => {
  const tables = [...files]
    .filter((path) => path.startsWith('supabase/schemas/'))
    .flatMap((path) => [...readProjectFile(path).matchAll(/create table (?:public\.)?(\w+)/g)])
    .flatMap(([, name]) => (name === undefined ? [] : [name]));
  const stores = [
    // Counts that all processes share, and nothing that a feature would know of.
    'lib/http/limits.ts',
    'lib/providers/request-budget.ts',
    // How rows and answers of the database are typed and read.
    'lib/db/',
    // The developer's own database is made there.
    'lib/local/',
    'supabase/',
  ];
  const elsewhere = modules.filter(({ fileName }) => !isWithin(fileName, ...stores) && !isStore(fileName));

  test('only a feature’s store calls the functions and tables of the database', () => {
    const calls: string[] = [];
    for (const module of elsewhere) {
      visitNodes(module, (node) => {
        if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
        const { expression, name } = node.expression;
        const isBuiltIn = /^(Array|Buffer|Object|\w*Array)$/.test(expression.getText());
        if (name.text === 'rpc' || (name.text === 'from' && !isBuiltIn)) {
          calls.push(`${module.fileName}: ${node.getText().slice(0, 60)}`);
        }
      });
    }
    expect(calls).toEqual([]);
  });

  test('tables are named in stores and in the schema only', () => {
    expect(tables).toContain('user_portfolio_history');
    // A name of one word may well mean something else in code.
    const unmistakable = new RegExp(`\\b(${tables.filter((name) => name.includes('_')).join('|')})\\b`);
    const namings: string[] = [];
    for (const module of elsewhere) {
      visitNodes(module, (node) => {
        const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
        if (isText && unmistakable.test(node.getText())) {
          namings.push(`${module.fileName}: ${node.getText().slice(0, 60)}`);
        }
      });
    }
    expect(namings).toEqual([]);
  });
});

describe('what must not reach a browser', () => {
  test('modules that handle secrets, credentials or the database begin with the server-only guard', () => {
    const unguarded = modules
      .filter(
        ({ fileName }) =>
          vendorOf(fileName) !== undefined ||
          isStore(fileName) ||
          isRoomFile(fileName, 'wiring.ts') ||
          isWithin(fileName, 'lib/db/', 'lib/http/', 'lib/jobs/') ||
          isWithin(fileName, 'lib/env.ts', 'lib/credentials.ts', 'lib/providers/registry.ts'),
      )
      // Generated types leave nothing behind that could reach a browser.
      .filter((module) => module.fileName !== 'lib/db/types.ts' && !isGuarded(module))
      .map(({ fileName }) => fileName);
    expect(unguarded).toEqual([]);
  });

  function isGuarded({ statements: [first] }: ts.SourceFile): boolean {
    return (
      first !== undefined &&
      ts.isImportDeclaration(first) &&
      ts.isStringLiteral(first.moduleSpecifier) &&
      first.moduleSpecifier.text === 'server-only'
    );
  }
});

describe('the tree', () => {
  test('hosts find the runtime, the command line its local files ignored, and the guide its flags', () => {
    expect(JSON.parse(readProjectFile('package.json'))).toMatchObject({ engines: { node: '24.x' } });
    expect(readProjectFile('.gitignore').split('\n')).toEqual(
      expect.arrayContaining(['supabase/.temp/', '.env', '.env.local', '.data/']),
    );
    const readme = readProjectFile('README.md');
    // Version 3 of the command line means a local stack without it.
    expect(readme).toContain('npx supabase db push --remote');
    // Vercel Hobby takes one call a day, which has to come after the close in summer and in winter.
    expect(readme).toContain('`0 22 * * *`');
  });

  test('every visible entry at the top has its place there', () => {
    const expected = [
      ...['app', 'components', 'lib', 'supabase', 'tests'],
      ...['README.md', 'LICENSE', 'package.json', 'package-lock.json', 'vercel.json'],
      ...[
        'next.config.ts',
        'postcss.config.mjs',
        'tsconfig.json',
        'biome.json',
        'knip.json',
        'vitest.config.ts',
      ],
      ...['proxy.ts', 'instrumentation.ts'],
    ];
    const strangers = listTopLevel().filter((name) => !name.startsWith('.') && !expected.includes(name));
    expect(strangers).toEqual([]);
  });

  test('no file names a place on somebody’s machine, or the host of a package registry', () => {
    const machinePath = /(?<![\w.*-])\/(?:home|Users|root|work|workspace|tmp)\/\w/;
    const registryHost =
      /registry\.(?:npmjs|yarnpkg)\.\w+|npm\.pkg\.github|https?:\/\/[\w.:-]*(?:verdaccio|artifactory|nexus)/;
    const naming = [...files].flatMap((path) => {
      const text = readProjectFile(path);
      return machinePath.test(text) || registryHost.test(text) ? [path] : [];
    });
    expect(naming).toEqual([]);
  });
});
