/** English texts of one's own account. */
export const enAccount = {
  'account.factor': 'Authenticator app',
  'account.why': 'Beside your password, sign-in asks for a code that only your phone shows.',
  'account.begin': 'Set up',
  'account.scan': 'Scan this with your authenticator app, or type the key into it. Then type the code that it shows.',
  'account.qr': 'Key for an authenticator app',
  'account.confirm': 'Turn on',
  'account.on': 'Sign-in asks for a code of your app.',
  'account.remove': 'Turn off',
  'account.lost': 'Phone lost? Whoever keeps the accounts can turn it off.',
};
