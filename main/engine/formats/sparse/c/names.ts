/** What a network's files and functions are called, so that several forms of it can be in one program. */
export interface Names {
  /** Of both files, without their endings. */
  readonly file: string;
  /** Of its functions; its macros have the same in capitals. */
  readonly prefix: string;
}

export const FLOAT32: Names = { file: 'model', prefix: 'model' };
export const EIGHT_BITS: Names = { file: 'model-int8', prefix: 'model_int8' };
