/** Modules that the build makes. */
declare module 'virtual:dicom-dictionary' {
  const table: string;
  export default table;
}
