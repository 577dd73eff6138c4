import 'server-only';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;

/** Encrypts a provider's credentials document; `key` is 32 bytes in base64. The text is `v1.nonce.tag.ciphertext`. */
export function encryptCredentials(credentials: unknown, key: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, Buffer.from(key, 'base64'), nonce);
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(credentials), 'utf8'), cipher.final()]);
  return ['v1', ...[nonce, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))].join(
    '.',
  );
}

/** Decrypts what `encryptCredentials` made; throws when the text was altered or the key is another one. */
export function decryptCredentials(text: string, key: string): unknown {
  const [version, nonce, tag, ciphertext] = text.split('.');
  if (version !== 'v1' || !nonce || !tag || !ciphertext)
    throw new Error('stored credentials have an unknown form');
  const decipher = createDecipheriv(ALGORITHM, Buffer.from(key, 'base64'), Buffer.from(nonce, 'base64url'));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  const plain = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]);
  return JSON.parse(plain.toString('utf8'));
}
