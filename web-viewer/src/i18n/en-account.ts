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

  'glass.title': 'Emergency access',
  'glass.said': 'You will see for some hours what other institutions hold of this patient, whatever the patient forbade. It is written down with your name, told to both institutions, and reviewed.',
  'glass.id': 'Patient ID',
  'glass.issuer': 'Issuer of the ID',
  'glass.reason': 'Reason',
  'glass.unconscious': 'The patient cannot be asked',
  'glass.life_threatening': 'Danger to life, no time to ask',
  'glass.no_contact': 'Nobody who could consent is reached',
  'glass.other': 'Another',
  'glass.words': 'Why, in your words',
  'glass.see': 'See the images',
};
