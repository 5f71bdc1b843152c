/** What Vite makes of files that are no TypeScript: their text, or the URL they are served at. */
declare module "*?raw" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const url: string;
  export default url;
}
