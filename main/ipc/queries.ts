import { z } from 'zod';
import {
  catalogSchema,
  dataSummarySchema,
  deviceSummarySchema,
  networkSummarySchema,
} from '../contract/catalog.ts';
import type { Catalog, DataSummary, DeviceSummary, NetworkSummary } from '../contract/catalog.ts';
import type { DataSpec } from '../contract/data.ts';
import { problemSchema } from '../contract/messages.ts';
import { recipeSchema } from '../contract/recipe.ts';
import type { StartEngine } from '../jobs/host.ts';
import { ask } from '../jobs/query.ts';

/** Processes that answer questions at a time; more only slow each other and the runs down. */
const places = 2;

const checkedSchema = z.object({ recipe: recipeSchema.nullable(), problems: z.array(problemSchema) });

/** The questions that the engine answers, typed and checked. What cannot change is asked once. */
export class Queries {
  private readonly startEngine: StartEngine;
  private readonly baseFolder: string;
  private readonly once = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private asked = 0;

  constructor(startEngine: StartEngine, baseFolder: string) {
    this.startEngine = startEngine;
    this.baseFolder = baseFolder;
  }

  catalog(): Promise<Catalog> {
    return this.askOnce('catalog', catalogSchema);
  }

  devices(): Promise<DeviceSummary[]> {
    return this.askOnce('devices', z.array(deviceSummarySchema));
  }

  /** The recipe with its defaults, or null and everything that is wrong with it. */
  checkRecipe(recipe: unknown): Promise<z.output<typeof checkedSchema>> {
    return this.ask('check-recipe', { recipe }, checkedSchema);
  }

  inspectNetwork(network: string, data: DataSpec | null): Promise<NetworkSummary> {
    return this.ask('inspect-network', { network, data }, networkSummarySchema);
  }

  inspectData(data: DataSpec): Promise<DataSummary> {
    return this.ask('inspect-data', { data }, dataSummarySchema);
  }

  private askOnce<T extends z.ZodType>(query: string, schema: T): Promise<z.output<T>> {
    const known = this.once.get(query);
    if (known !== undefined) return known as Promise<z.output<T>>;
    const answer = this.ask(query, {}, schema);
    this.once.set(query, answer);
    answer.catch(() => this.once.delete(query));
    return answer;
  }

  private async ask<T extends z.ZodType>(query: string, args: object, schema: T): Promise<z.output<T>> {
    while (this.asked >= places) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.asked++;
    try {
      return schema.parse(await ask(this.startEngine, query, { ...args, baseFolder: this.baseFolder }));
    } finally {
      this.asked--;
      this.waiting.shift()?.();
    }
  }
}
