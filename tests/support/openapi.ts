import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A request, by the path that was asked for. */
export interface AskedFor {
  readonly method: string;
  readonly path: string;
  /** Of its query. */
  readonly names: readonly string[];
  /** Its body; null when it had none. */
  readonly content: unknown;
}

export interface Answered extends Pick<AskedFor, 'method' | 'path'> {
  readonly status: number;
  readonly answer: unknown;
}

/** An OpenAPI document as something to hold requests and answers against; what is as documented has no faults. */
export interface OpenApi {
  faultsOfRequest(request: AskedFor): readonly string[];
  faultsOfAnswer(answer: Answered): readonly string[];
}

/** Reads an OpenAPI 3.0 document in YAML or JSON. */
export function readOpenApi(file: string): OpenApi {
  const document = toJsonSchema(parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  ajv.addSchema({ $id: 'api', ...asObject(document) });

  /** Names that any request may have, such as who signs it. */
  const ofSecurity = Object.values(asObject(at(document, 'components', 'securitySchemes') ?? {}))
    .filter((scheme) => at(scheme, 'in') === 'query')
    .map((scheme) => at(scheme, 'name'));

  function operationOf({ method, path }: Pick<AskedFor, 'method' | 'path'>): Json | undefined {
    const templates = Object.keys(asObject(at(document, 'paths') ?? {}));
    // A path without a variable part is the better match.
    const template = templates
      .filter((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
      .sort((a, b) => a.split('{').length - b.split('{').length)[0];
    return template === undefined ? undefined : at(document, 'paths', template, method.toLowerCase());
  }
  function resolve(node: Json | undefined): Json | undefined {
    const reference = at(node, '$ref');
    return typeof reference === 'string' ? at(document, ...reference.slice(2).split('/')) : node;
  }
  function faultsOf(where: string, schema: Json | undefined, value: unknown): readonly string[] {
    if (schema === undefined) return [`${where}: no body is documented`];
    const validate = ajv.compile(absolute(schema));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
  }

  return {
    faultsOfRequest(request) {
      const where = `${request.method} ${request.path}`;
      const operation = operationOf(request);
      if (operation === undefined) return [`${where}: not documented`];
      const given = at(operation, 'parameters');
      const parameters = (Array.isArray(given) ? given : []).flatMap((one) => resolve(one) ?? []);
      const known = [...parameters.map((one) => at(one, 'name')), ...ofSecurity];
      const unknown = request.names.filter((name) => !known.includes(name));
      const missing = parameters
        .filter((one) => at(one, 'in') === 'query' && at(one, 'required') === true)
        .map((one) => String(at(one, 'name')))
        .filter((name) => !request.names.includes(name));
      const body = at(resolve(at(operation, 'requestBody')), 'content', 'application/json', 'schema');
      return [
        ...unknown.map((name) => `${where}: unknown parameter ${name}`),
        ...missing.map((name) => `${where}: lacks the parameter ${name}`),
        ...(request.content === null ? [] : faultsOf(where, body, request.content)),
      ];
    },
    faultsOfAnswer({ status, answer, ...request }) {
      const where = `${request.method} ${request.path} ${status}`;
      const response = resolve(at(operationOf(request), 'responses', String(status)));
      return faultsOf(where, at(response, 'content', 'application/json', 'schema'), answer);
    },
  };
}

function at(node: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, name) => (isObject(inner) ? inner[name] : undefined), node);
}

function isObject(node: Json | undefined): node is { [name: string]: Json } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function asObject(node: Json): { [name: string]: Json } {
  if (isObject(node)) return node;
  throw new TypeError('not an OpenAPI document');
}

/** OpenAPI 3.0 writes `nullable` where JSON Schema has a type. */
function toJsonSchema(node: Json): Json {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (!isObject(node)) return node;
  const { nullable, ...rest } = node;
  const inner = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, toJsonSchema(value)]));
  return nullable === true ? { anyOf: [{ type: 'null' }, inner] } : inner;
}

/** The same schema, with references into the document from outside of it. */
function absolute(node: Json): { [name: string]: Json } {
  const visit = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(visit);
    if (!isObject(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, value]) => [
        name,
        name === '$ref' && typeof value === 'string' ? `api${value}` : visit(value),
      ]),
    );
  };
  return asObject(visit(node));
}
