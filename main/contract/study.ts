import { z } from 'zod';
import { chartSchema } from './chart.ts';

/**
 * A study repeats what a paper claims, measures it, and says where the two differ. It has parameters, a list of steps and results;
 * its position is the number of steps that are done.
 */

const seed = z.number().int().min(0).max(4_294_967_295);

/** What a study's file says: `espalier study FILE`. */
export const studySpecSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('Version of this format'),
    study: z.string().min(1).describe('Which study (`espalier study --list`)'),
    name: z.string().min(1).max(200).optional().describe('For people'),
    seed: seed.default(1).describe('Seed of everything random'),
    parameters: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The study's parameters that are not at their defaults"),
  })
  .describe('A study');
export type StudySpec = z.infer<typeof studySpecSchema>;

const paperSchema = z.object({
  title: z.string(),
  authors: z.string(),
  year: z.number(),
  url: z.string(),
});
export type StudyPaper = z.infer<typeof paperSchema>;

/** What the studio, the command line and the docs know of a study before it is started. */
export const studyFactsSchema = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  claim: z.string(),
  paper: paperSchema,
  /** Minutes of one core's time that its defaults take: measured, or added up from measured parts. */
  minutes: z.number().positive(),
  /** Its parameters as a JSON Schema, with titles, descriptions, defaults and units. */
  schema: z.record(z.string(), z.unknown()),
});
export type StudyFacts = Readonly<z.infer<typeof studyFactsSchema>>;

const cellSchema = z.union([z.string(), z.number(), z.null()]);

const studyTableSchema = z.object({
  title: z.string(),
  note: z.string().default(''),
  columns: z.array(z.string()).min(1),
  rows: z.array(z.array(cellSchema)),
});
export type StudyTable = z.infer<typeof studyTableSchema>;

/** What came of the steps: for people, and what was measured one by one. */
const findingsSchema = z.object({
  /** What was measured, a sentence each. */
  measured: z.array(z.string()),
  /** Where that differs from what the paper claims, or from what was expected, a sentence each. */
  differs: z.array(z.string()),
  tables: z.array(studyTableSchema),
  charts: z.array(chartSchema),
  /** One row a measurement: what results.csv holds. */
  records: z.object({ columns: z.array(z.string()).min(1), rows: z.array(z.array(cellSchema)) }),
});
export type Findings = z.input<typeof findingsSchema>;

/** study.json: what was asked, and what has come of it so far. */
export const studyResultSchema = findingsSchema.extend({
  format: z.literal(1),
  study: z.string(),
  title: z.string(),
  summary: z.string(),
  claim: z.string(),
  paper: paperSchema,
  seed,
  parameters: z.record(z.string(), z.unknown()),
  /** Steps that are done, of all. */
  done: z.number().int().nonnegative(),
  steps: z.number().int().nonnegative(),
  /** Seconds that the steps took, breaks not counted. */
  seconds: z.number().nonnegative(),
  versions: z.record(z.string(), z.string()),
});
export type StudyResult = z.infer<typeof studyResultSchema>;

/** How far a study is. */
export const studyProgressSchema = z.object({
  /** The step at work. */
  label: z.string(),
  done: z.number().int().nonnegative(),
  steps: z.number().int().positive(),
  fraction: z.number().min(0).max(1),
  etaSeconds: z.number().nonnegative().nullable(),
});
export type StudyProgress = Readonly<z.infer<typeof studyProgressSchema>>;
