/** English texts of PET, colour maps and images laid over one another. */
export const pet = {
  'preset.suv5': 'SUV 0–5',
  'preset.suv7': 'SUV 0–7',
  'preset.suv10': 'SUV 0–10',
  'preset.suv15': 'SUV 0–15',
  'preset.suv20': 'SUV 0–20',
  'tool.lines': 'Reference lines',
  'pet.suv': 'SUVbw',
  'pet.missing': 'No SUV: {attribute} is missing',
  'pet.unfit': 'No SUV: {attribute} is “{value}”',
} as const;
