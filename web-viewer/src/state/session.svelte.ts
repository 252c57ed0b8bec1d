/** Whether somebody must sign in, and who is. */
import { ApiError } from '../api/http';
import { info, signIn, signOut, type Credentials, type DicomDoor, type Provider } from '../api/session';
import { shown, type Shown } from './failure';

/** What the form can answer by itself: another word in a field, or one field more. */
type Refused = 'wrong' | 'wrong-code' | 'must-change' | 'needs-code' | 'locked';

const refusals: Readonly<Record<string, Refused>> = {
  wrong_password: 'wrong',
  wrong_code: 'wrong-code',
  password_change_required: 'must-change',
  code_required: 'needs-code',
  account_locked: 'locked',
};

/** A page of the console. */
export type Part = 'institutions' | 'entities' | 'users' | 'tokens' | 'deeds' | 'emergencies';

/** What each administrator keeps; none of them sees images. */
const kept: Readonly<Record<string, readonly Part[]>> = {
  system_administrator: ['institutions', 'entities'],
  security_administrator: ['users', 'tokens'],
  audit_administrator: ['emergencies', 'deeds'],
};

/** Who may see in an emergency what another institution holds. */
const treats = ['physician', 'radiologist'];

class Session {
  phase = $state<'starting' | 'open' | 'signed-out' | 'failed'>('starting');
  user = $state<string | undefined>(undefined);
  /** What the person keeps of the house; the developer of `--dev` everything. */
  keeps = $state.raw<readonly Part[]>([]);
  seesImages = $state(true);
  breaksGlass = $state(false);
  version = $state('');
  dev = $state(false);
  /** People of other institutions sign in here too. */
  institutions = $state(false);
  providers = $state.raw<readonly Provider[]>([]);
  dicom = $state.raw<DicomDoor | undefined>(undefined);
  error = $state<Shown | undefined>(undefined);
  /** Counts how often the door was gone through: what was loaded before is perhaps another person's. */
  opened = 0;

  async start(): Promise<void> {
    try {
      const found = await info();
      this.opened += 1;
      this.user = found.user;
      this.keeps = found.dev ? Object.values(kept).flat() : found.roles.flatMap((role) => kept[role] ?? []);
      this.seesImages = found.dev || this.keeps.length === 0;
      this.breaksGlass = found.institutions && found.roles.some((role) => treats.includes(role));
      this.version = found.version;
      this.dev = found.dev;
      this.institutions = found.institutions;
      this.providers = found.providers;
      this.dicom = found.dicom;
      this.phase = found.dev || found.user !== undefined ? 'open' : 'signed-out';
    } catch (cause) {
      this.error = shown(cause);
      this.phase = 'failed';
    }
  }

  /** Answers what the sign-in form must say, or nothing when the door is open. */
  async signIn(credentials: Credentials): Promise<Refused | { readonly wait: number } | Shown | undefined> {
    try {
      await signIn(credentials);
      await this.start();
      return undefined;
    } catch (cause) {
      if (!(cause instanceof ApiError)) return shown(cause);
      if (cause.status === 429) return { wait: cause.retryAfter ?? 1 };
      return refusals[cause.code ?? ''] ?? (cause.status === 401 ? 'wrong' : shown(cause));
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
