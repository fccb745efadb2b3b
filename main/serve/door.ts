import { createHash, randomBytes } from 'node:crypto';

const digest = (secret: string) => createHash('sha256').update(secret).digest('hex');

/**
 * Who may use a served studio: whoever opens a link with a one-time token gets a session. Only digests are kept and looked
 * up, so that how long a look-up takes says nothing about the secrets.
 */
export class Door {
  private readonly tokens = new Set<string>();
  private readonly sessions = new Set<string>();

  /** A token that opens the door once. */
  issueToken(): string {
    const token = randomBytes(24).toString('base64url');
    this.tokens.add(digest(token));
    return token;
  }

  /** Exchanges a token for a session's secret; null when it was used or never issued. */
  enter(token: string): string | null {
    if (!this.tokens.delete(digest(token))) return null;
    const session = randomBytes(24).toString('base64url');
    this.sessions.add(digest(session));
    return session;
  }

  admits(session: string | null): boolean {
    return session !== null && this.sessions.has(digest(session));
  }
}
