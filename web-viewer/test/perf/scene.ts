/** What `benches/viewer` has set up. */
function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: \`make bench-viewer\` runs this`);
  return value;
}

const own = told('YINGYUN_URL');
const study = told('YINGYUN_PERF_STUDY');
const [short = '', long = ''] = told('YINGYUN_PERF_LENGTHS').split(',');

export const rounds = Number(told('YINGYUN_PERF_ROUNDS'));
export const only = process.env['YINGYUN_PERF_ONLY'] ?? '';
export const out = told('YINGYUN_PERF_OUT');
export const visited = told('YINGYUN_PERF_VISITED').split(',');

export const list = `${own}/`;

/** Addresses of the viewers; `study` is in both archives. */
export const address = {
  own: `${own}/viewer?study=${study}`,
  ohif: `${told('YINGYUN_PERF_OHIF')}/viewer?StudyInstanceUIDs=${study}`,
  short: `${own}/viewer?study=${short}`,
  long: `${own}/viewer?study=${long}`,
} as const;
