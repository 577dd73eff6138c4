import 'server-only';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** One text of several keys: the first encrypts, and each decrypts what was encrypted with it. */
const SEPARATOR = ',';

/** The keys of one text, the one in use first. */
export function separateKeys(keys: string): readonly string[] {
  return keys.split(SEPARATOR).map((key) => key.trim());
}

/** Whether a text is one key or several: each 32 bytes in base64. */
export function areKeys(text: string): boolean {
  return separateKeys(text).every((key) => {
    const bytes = Buffer.from(key, 'base64');
    return bytes.length === KEY_BYTES && bytes.toString('base64') === key;
  });
}

/** The beginning of everything that is encrypted with the key that encrypts now. */
export function currentPrefix(keys: string): string {
  return `v2.${idOf(first(parse(keys)))}.`;
}

/** Encrypts a provider's credentials document with the first of the keys. The text is `v2.key.nonce.tag.ciphertext`. */
export function encryptCredentials(credentials: unknown, keys: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, first(parse(keys)), nonce);
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(credentials), 'utf8'), cipher.final()]);
  const parts = [nonce, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
  return currentPrefix(keys) + parts.join('.');
}

/** Decrypts what `encryptCredentials` made; throws when the text was altered or its key is none of these. */
export function decryptCredentials(text: string, keys: string): unknown {
  const { keyId, nonce, tag, ciphertext } = take(text);
  // What was encrypted before keys had ids opens with one of them, or with none.
  const possible = parse(keys).filter((key) => keyId === null || idOf(key) === keyId);
  for (const key of possible) {
    const plain = decrypt(key, nonce, tag, ciphertext);
    if (plain !== null) return JSON.parse(plain);
  }
  throw new Error('stored credentials were altered, or their key is not in CREDENTIALS_KEY');
}

interface Encrypted {
  readonly keyId: string | null;
  readonly nonce: string;
  readonly tag: string;
  readonly ciphertext: string;
}

function take(text: string): Encrypted {
  const [version, ...parts] = text.split('.');
  const keyId = version === 'v2' ? parts.shift() : null;
  const [nonce, tag, ciphertext] = parts;
  if ((version !== 'v1' && version !== 'v2') || keyId === undefined || !nonce || !tag || !ciphertext)
    throw new Error('stored credentials have an unknown form');
  return { keyId, nonce, tag, ciphertext };
}

/** Null where the key is another one, or the text was altered. */
function decrypt(key: Buffer, nonce: string, tag: string, ciphertext: string): string | null {
  const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, 'base64url'), {
    authTagLength: TAG_BYTES,
  });
  try {
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return decipher.update(Buffer.from(ciphertext, 'base64url'), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

function parse(keys: string): readonly Buffer[] {
  return separateKeys(keys).map((key) => Buffer.from(key, 'base64'));
}

function first(keys: readonly Buffer[]): Buffer {
  const [key] = keys;
  if (key === undefined) throw new Error('there is no key to encrypt credentials with');
  return key;
}

/** Names a key without giving anything of it away. */
function idOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 8);
}
