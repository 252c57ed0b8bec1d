/** Whether somebody must sign in, and who is. */
import { ApiError } from '../api/http';
import { info, signIn, signOut, type Credentials, type DicomDoor } from '../api/session';
import { shown, type Shown } from './failure';

class Session {
  phase = $state<'starting' | 'open' | 'signed-out' | 'failed'>('starting');
  user = $state<string | undefined>(undefined);
  version = $state('');
  dev = $state(false);
  dicom = $state.raw<DicomDoor | undefined>(undefined);
  error = $state<Shown | undefined>(undefined);
  /** Counts how often the door was gone through: what was loaded before is perhaps another person's. */
  opened = 0;

  async start(): Promise<void> {
    try {
      const found = await info();
      this.opened += 1;
      this.user = found.user;
      this.version = found.version;
      this.dev = found.dev;
      this.dicom = found.dicom;
      this.phase = found.dev || found.user !== undefined ? 'open' : 'signed-out';
    } catch (cause) {
      this.error = shown(cause);
      this.phase = 'failed';
    }
  }

  /** Answers what the sign-in form must say, or nothing when the door is open. */
  async signIn(credentials: Credentials): Promise<'wrong' | 'must-change' | { readonly wait: number } | Shown | undefined> {
    try {
      await signIn(credentials);
      await this.start();
      return undefined;
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 401) return 'wrong';
      if (cause instanceof ApiError && cause.status === 429) return { wait: cause.retryAfter ?? 1 };
      if (cause instanceof ApiError && (cause.status === 403 || cause.status === 409)) return 'must-change';
      return shown(cause);
    }
  }

  async signOut(): Promise<void> {
    try {
      await signOut();
    } finally {
      this.expired();
    }
  }

  /** The server no longer knows the session: back to the door. */
  expired(): void {
    this.user = undefined;
    this.phase = 'signed-out';
  }
}

export const session = new Session();
