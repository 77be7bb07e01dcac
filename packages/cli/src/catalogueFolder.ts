import { shippedFolder } from "./shippedFolder.ts";

/** The folder of the catalogue of crash days. Throws DataError when it is not where it was installed. */
export const catalogueFolder = (): string =>
  shippedFolder("catalogue", "the catalogue of crash days");
