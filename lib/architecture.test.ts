import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import {
  type CallExpression,
  type Expression,
  type ImportExpression,
  type MemberExpression,
  type NewExpression,
  type ParseResult,
  type Program,
  parseSync,
  type TSExternalModuleReference,
  type TSImportType,
  Visitor,
} from 'oxc-parser';
import { describe, expect, test } from 'vitest';

// The house of design.md section 1, as a table: every file has a place, and each place says whom it may import.

const ADAPTERS = ['db', 'wire', 'truemed', 'mail', 'vault', 'env', 'clock', 'log', 'deadline', 'outgoing'] as const;
const INNER = ['core', ...ADAPTERS, 'context', 'services', 'edges', 'documents', 'components', 'app'] as const;
const PLACES = [...INNER, 'sandbox', 'outermost', 'configs'] as const;
type Place = (typeof PLACES)[number];

/** Folders end with a slash, modules have no ending; the first that fits is the place. */
const WHERE: readonly (readonly [string, Place])[] = [
  ['lib/core/', 'core'],
  ['lib/truemed/schemas', 'wire'],
  ['lib/truemed/session-schemas', 'wire'],
  ['lib/truemed/qualification-schemas', 'wire'],
  ['lib/truemed/catalog-schemas', 'wire'],
  ['lib/truemed/reconciliation-schemas', 'wire'],
  ['lib/truemed/signature', 'wire'],
  ['lib/truemed/', 'truemed'],
  ['db/', 'db'],
  ['lib/mail/', 'mail'],
  ['lib/vault', 'vault'],
  ['lib/env', 'env'],
  ['lib/clock', 'clock'],
  ['lib/log', 'log'],
  ['lib/deadline', 'deadline'],
  ['lib/outgoing/', 'outgoing'],
  ['lib/context', 'context'],
  ['lib/services/', 'services'],
  ['lib/views/', 'edges'],
  ['lib/jobs/', 'edges'],
  ['lib/auth/', 'edges'],
  ['lib/action', 'edges'],
  ['lib/receiver/', 'edges'],
  ['lib/runtime', 'edges'],
  ['lib/rate-limit', 'edges'],
  ['lib/documents/', 'documents'],
  ['components/', 'components'],
  ['app/', 'app'],
  ['proxy', 'app'],
  ['instrumentation', 'app'],
  ['sandbox/', 'sandbox'],
  ['scripts/', 'outermost'],
  ['bench/', 'outermost'],
  ['e2e/', 'outermost'],
  ['tests/', 'outermost'],
];

/** Whom a place may import beside itself. The files of Truemed's words on the wire are shared with the sandbox. */
const MAY_IMPORT: Record<Place, readonly Place[]> = {
  core: [],
  wire: ['core'],
  truemed: ['core', 'env', 'wire'],
  db: ['core', 'env'],
  mail: ['core', 'env'],
  vault: ['core', 'env'],
  env: ['core'],
  clock: ['core', 'env'],
  log: ['core', 'env'],
  deadline: ['core', 'env'],
  outgoing: ['core', 'env'],
  context: ['core', ...ADAPTERS],
  services: ['core', ...ADAPTERS, 'context'],
  edges: ['core', ...ADAPTERS, 'context', 'services'],
  documents: ['core'],
  components: ['core'],
  app: ['core', 'env', 'deadline', 'context', 'services', 'edges', 'documents', 'components'],
  sandbox: ['core', 'wire'],
  outermost: PLACES,
  configs: [...INNER, 'outermost'],
};

/** Packages that components may use: they are dumb, and run in the browser. */
const OF_COMPONENTS = /^react(-dom)?(\/|$)/;
/** Where time and chance are arguments. */
const TIMELESS = /^(lib\/(core|services|truemed)|db)\//;
/** Files of TIMELESS that read the time or chance all the same, with the reason. */
const READS_TIME: Record<string, string> = {};
/** Server actions that are for everybody, with the reason. */
const PUBLIC_ACTIONS: Record<string, string> = {
  'app/(public)/sign-in/actions.ts signInAction': 'Asks for a sign-in link, before anybody is known.',
  'app/(public)/sign-in/actions.ts signOutAction': 'Ends the session that the request itself carries.',
  'app/(public)/confirm-email/actions.ts confirmEmailAction':
    'The link is the key: it is opened where nobody is signed in.',
  'components/gallery.tsx inline': 'Waits and does nothing, so that the gallery can show a button that is busy.',
};

const isTest = (path: string) => /\.test\.tsx?$/.test(path);

function placeOf(path: string): Place | null {
  if (isTest(path)) return 'outermost';
  const name = path.replace(/(\.config)?\.(tsx?|json|css)$/, (_, config) => config ?? '');
  const found = WHERE.find(([prefix]) => (prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix));
  return found?.[1] ?? (/^[^/]+\.config$/.test(name) ? 'configs' : null);
}

interface Import {
  specifier: string;
  isType: boolean;
}

/** What a rule is broken by: `file: specifier: rule`. */
function problemsOf(path: string, source: string): string[] {
  const parsed = parseSync(path, source);
  const [syntax] = parsed.errors;
  if (syntax !== undefined) return [`${path}: cannot be read: ${syntax.message}`];
  const place = placeOf(path);
  if (place === null) return [`${path}: has no place in design.md section 1`];
  const isServer = source.includes('use server') && directiveOf(parsed.program) === 'use server';
  const imports = importsOf(parsed, source).flatMap((one) => {
    const rule = brokenBy(path, place, one, isServer);
    return rule === null ? [] : [`${path}: ${one.specifier}: ${rule}`];
  });
  const actions = source.includes('use server') ? actionsOf(path, parsed.program, isServer) : [];
  return [...imports, ...actions, ...timeOf(path, parsed.program)];
}

function brokenBy(path: string, place: Place, { specifier, isType }: Import, isServer: boolean): string | null {
  if (place === 'outermost') return null;
  if (!/^(\.|@\/)/.test(specifier)) {
    return place === 'components' && !OF_COMPONENTS.test(specifier)
      ? 'components import React and no other package'
      : null;
  }
  const target = specifier.startsWith('@/') ? specifier.slice(2) : join(dirname(path), specifier);
  const to = placeOf(target);
  if (to === null) return 'leads to no place in design.md section 1';
  if (to !== place && !MAY_IMPORT[place].includes(to)) return `${place} may not import ${to}`;
  const mayCallVerbs = isServer || path.startsWith('app/api/') || path.endsWith('/route.ts');
  return place === 'app' && to === 'services' && !isType && !mayCallVerbs
    ? 'in app only routes and server actions call verbs'
    : null;
}

/** Static imports and re-exports, those of types alone too, and dynamic ones; one whose name is computed has no place. */
function importsOf({ module, program }: ParseResult, source: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, isType: boolean) => void found.push({ specifier, isType });
  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
  }
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.moduleRequest !== null) add(entry.moduleRequest.value, entry.isType);
  }
  if (!/\bimport\s*\(|\brequire\s*\(/.test(source)) return found;
  const onImport = ({ source: name }: ImportExpression) =>
    add(name.type === 'Literal' ? String(name.value) : '@/<computed>', false);
  const onType = ({ source: name }: TSImportType) => add(name.value, true);
  const onRequire = ({ expression }: TSExternalModuleReference) => add(expression.value, false);
  new Visitor({ ImportExpression: onImport, TSImportType: onType, TSExternalModuleReference: onRequire }).visit(
    program,
  );
  return found;
}

const directiveOf = ({ body: [first] }: Program) =>
  first?.type === 'ExpressionStatement' ? first.directive : undefined;

/** Every export of a file of server actions goes through the guards of lib/action; no action stands anywhere else. */
function actionsOf(path: string, program: Program, isServer: boolean): string[] {
  const bare: string[] = [];
  const add = (name: string) => {
    if (PUBLIC_ACTIONS[`${path} ${name}`] === undefined)
      bare.push(`${path}: ${name}: is no customerAction or staffAction of lib/action, and is not listed as public`);
  };
  if (!isServer) {
    const onStatement = (node: { directive?: string | null }) => node.directive === 'use server' && add('inline');
    new Visitor({ ExpressionStatement: onStatement }).visit(program);
    return bare;
  }
  const guards = new Set<string>();
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration' || node.source.value !== '@/lib/action') continue;
    for (const { type, local } of node.specifiers) {
      if (type === 'ImportSpecifier' && /^(customer|staff|buyer)Action$/.test(local.name)) guards.add(local.name);
    }
  }
  const isGuarded = (init: Expression | null) =>
    init?.type === 'CallExpression' && init.callee.type === 'Identifier' && guards.has(init.callee.name);
  for (const node of program.body) {
    if (node.type === 'ExportAllDeclaration') add('*');
    if (node.type === 'ExportDefaultDeclaration') add('default');
    if (node.type !== 'ExportNamedDeclaration' || node.exportKind === 'type') continue;
    for (const { exported } of node.specifiers) add('name' in exported ? exported.name : exported.value);
    const { declaration } = node;
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id, init } of declaration.declarations) {
        if (!isGuarded(init)) add(id.type === 'Identifier' ? id.name : 'a pattern');
      }
    } else if (declaration !== null)
      add('id' in declaration && declaration.id?.type === 'Identifier' ? declaration.id.name : declaration.type);
  }
  return bare;
}

/** Below the edge nothing asks for the time or for chance. */
function timeOf(path: string, program: Program): string[] {
  if (!TIMELESS.test(path) || isTest(path) || READS_TIME[path] !== undefined) return [];
  const found: string[] = [];
  const add = (what: string) => found.push(`${path}: ${what}: time and chance are arguments below the edge`);
  const onNew = ({ callee, arguments: args }: NewExpression) => {
    if (callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0) add('new Date()');
  };
  const onCall = ({ callee }: CallExpression) => {
    if (callee.type === 'Identifier' && callee.name === 'Date') add('Date()');
  };
  const onMember = ({ object, property }: MemberExpression) => {
    if (object.type !== 'Identifier') return;
    const name = `${object.name}.${'name' in property ? property.name : ''}`;
    if (/^(Date\.now|Math\.random|Temporal\.Now)$/.test(name)) add(name);
  };
  new Visitor({ NewExpression: onNew, CallExpression: onCall, MemberExpression: onMember }).visit(program);
  return found;
}

const files = execFileSync('git', ['ls-files', '-z', '*.ts', '*.tsx'], { encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(path));

describe('the house', () => {
  test('has the direction of design.md section 1, one door for writes, and no clock below the edge', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((path) => problemsOf(path, readFileSync(path, 'utf8')))).toEqual([]);
  });

  test('lists no exception that is gone', () => {
    const named = [...Object.keys(READS_TIME), ...Object.keys(PUBLIC_ACTIONS).map((key) => key.replace(/ \w+$/, ''))];
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
    for (const key of Object.keys(PUBLIC_ACTIONS)) {
      const [path = '', name = ''] = key.split(/ (?=\w+$)/);
      expect(readFileSync(path, 'utf8')).toMatch(
        name === 'inline' ? /'use server'/ : new RegExp(`export .*\\b${name}\\b`),
      );
    }
  });
});

describe('a made-up file breaks a rule', () => {
  test.each<[string, string, string]>([
    ['lib/core/x.ts', "import { db } from '@/db/client';", 'core may not import db'],
    ['lib/core/x.ts', "import type { Env } from '../env';", 'core may not import env'],
    ['lib/core/x.ts', "export * from '../truemed/schemas';", 'core may not import wire'],
    ['lib/core/x.ts', "export type { Log } from '@/lib/log';", 'core may not import log'],
    ['lib/core/x.ts', "const clock = await import('@/lib/clock');", 'core may not import clock'],
    ['lib/core/x.ts', "type V = import('../vault').Vault;", 'core may not import vault'],
    ['lib/core/x.ts', "const x = await import('@/lib/' + name);", 'leads to no place'],
    ['lib/core/x.ts', "import x from '../../../elsewhere';", 'leads to no place'],
    ['db/x.ts', "import { openTruemed } from '@/lib/truemed/client';", 'db may not import truemed'],
    ['db/x.ts', "import { moveToHsaFsa } from '../lib/services/move-to-hsa-fsa';", 'db may not import services'],
    ['lib/truemed/x.ts', "import { claimDue } from '@/db/claims';", 'truemed may not import db'],
    ['lib/truemed/schemas.ts', "import { openTruemed } from './client';", 'wire may not import truemed'],
    ['lib/mail/x.ts', "import { openVault } from '../vault';", 'mail may not import vault'],
    ['lib/vault.ts', "import { openClock } from './clock';", 'vault may not import clock'],
    ['lib/context.ts', "import { tick } from '@/lib/jobs/tick';", 'context may not import edges'],
    ['lib/services/x.ts', "import { account } from '@/lib/views/account';", 'services may not import edges'],
    ['lib/services/x.ts', "import { Money } from '@/components/ui/money';", 'services may not import components'],
    ['lib/views/x.ts', "import Page from '@/app/account/page';", 'edges may not import app'],
    ['lib/views/x.ts', "import { Money } from '@/components/ui/money';", 'edges may not import components'],
    ['app/x/page.tsx', "import { subscriptions } from '@/db/schema/subscriptions';", 'app may not import db'],
    ['app/x/page.tsx', "import type { TruemedEvent } from '@/lib/truemed/events';", 'app may not import truemed'],
    ['app/x/page.tsx', "import { SIGNATURE_HEADER } from '@/lib/truemed/signature';", 'app may not import wire'],
    [
      'app/x/page.tsx',
      "import { tryAgain } from '@/lib/services/charge-now';",
      'only routes and server actions call verbs',
    ],
    ['proxy.ts', "import { openDatabase } from '@/db/client';", 'app may not import db'],
    ['components/x.tsx', "import { account } from '@/lib/views/account';", 'components may not import edges'],
    ['lib/documents/x.tsx', "import { receiptPage } from '@/lib/views/receipt';", 'documents may not import edges'],
    [
      'lib/views/x.ts',
      "import { renderReceipt } from '@/lib/documents/receipt-pdf';",
      'edges may not import documents',
    ],
    ['components/x.tsx', "import { z } from 'zod';", 'React and no other package'],
    ['components/x.tsx', "import { readFileSync } from 'node:fs';", 'React and no other package'],
    ['components/x.tsx', "import { x } from 'react-aria';", 'React and no other package'],
    ['sandbox/x.ts', "import { openTruemed } from '@/lib/truemed/client';", 'sandbox may not import truemed'],
    ['sandbox/x.ts', "import { readEnv } from '@/lib/env';", 'sandbox may not import env'],
    ['lib/jobs/x.ts', "import { startSandbox } from '@/sandbox/server';", 'edges may not import sandbox'],
    ['app/api/x/route.ts', "import { startSandbox } from '@/sandbox/server';", 'app may not import sandbox'],
    ['vitest.config.ts', "import { startSandbox } from './sandbox/server';", 'configs may not import sandbox'],
    ['lib/services/x.ts', "import { aWorld } from '@/tests/world';", 'services may not import outermost'],
    ['lib/utils.ts', 'export {};', 'has no place'],
    ['tools/x.ts', 'export {};', 'has no place'],
    ['lib/core/x.ts', 'const = ;', 'cannot be read'],
    ['lib/core/x.ts', 'const now = new Date();', 'new Date(): time and chance'],
    ['lib/services/x.ts', 'const at = () => Date.now() + 1;', 'Date.now: time and chance'],
    ['lib/services/x.ts', 'const read = [0].map(Date.now);', 'Date.now: time and chance'],
    ['lib/truemed/x.ts', 'if (Math.random() < 0.5) retry();', 'Math.random: time and chance'],
    ['db/x.ts', 'const day = Temporal.Now.plainDateISO();', 'Temporal.Now: time and chance'],
    ['app/x/actions.ts', "'use server'; export async function a() {}", 'a: is no customerAction'],
    ['app/x/actions.ts', "'use server'; export const a = async () => {};", 'a: is no customerAction'],
    ['app/x/actions.ts', "'use server'; const a = 1; export { a };", 'a: is no customerAction'],
    ['app/x/actions.ts', "'use server'; export default async () => {};", 'default: is no customerAction'],
    ['app/x/actions.ts', "'use server'; export * from './more';", '*: is no customerAction'],
    [
      'app/x/actions.ts',
      "'use server'; import { customerAction } from './mine'; export const a = customerAction(z);",
      'a: is no',
    ],
    [
      'app/x/actions.ts',
      "'use server'; import { publicAction } from '@/lib/action'; export const a = publicAction(z);",
      'a: is no',
    ],
    ['app/x/page.tsx', "async function a() { 'use server'; }", 'inline: is no customerAction'],
  ])('%s with %s', (path, source, rule) => {
    const problems = problemsOf(path, source);
    expect(problems.join('\n')).toContain(rule);
    expect(problems[0]?.startsWith(`${path}: `)).toBe(true);
  });

  test.each<[string, string]>([
    ['lib/core/x.ts', "import { z } from 'zod'; import { cents } from './money'; const at = new Date(now);"],
    [
      'lib/services/x.ts',
      "import { openTruemed } from '@/lib/truemed/client'; import type { Context } from '../context';",
    ],
    ['lib/services/x.db.test.ts', "import { startSandbox } from '@/sandbox/server'; const now = new Date();"],
    ['sandbox/x.ts', "import { OrderItem } from '@/lib/truemed/schemas'; const now = Date.now();"],
    ['app/x/page.tsx', "import type { MoveResult } from '@/lib/services/move-to-hsa-fsa'; import './x.css';"],
    ['app/x/route.ts', "import { recordReturn } from '@/lib/services/record-return';"],
    [
      'app/x/actions.ts',
      "'use server'; import { staffAction as s } from '@/lib/action'; import { v } from '@/lib/services/v';",
    ],
    [
      'app/x/actions.ts',
      "'use server'; import { staffAction } from '@/lib/action'; export type T = 1; export const a = staffAction('read', z);",
    ],
    [
      'components/x.tsx',
      "import { useState } from 'react'; import { createPortal } from 'react-dom/client'; import './ui/chip';",
    ],
    ['scripts/x.ts', "import { startSandbox } from '../sandbox/server'; import { db } from '@/db/client';"],
  ])('and %s with %s breaks none', (path, source) => {
    expect(problemsOf(path, source)).toEqual([]);
  });
});
