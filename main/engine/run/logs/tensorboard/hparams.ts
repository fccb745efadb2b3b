import protobuf from 'protobufjs/minimal.js';
import { FIXED64, message, tag, text, VARINT, type Writer } from '../../../protobuf/wire.ts';
import type { Parameter } from '../parameters.ts';
import type { SummaryValue } from './event.ts';

/**
 * What TensorBoard's table of hyperparameters wants to know of a run: messages of its `hparams` plugin (plugin_data.proto and api.proto
 * in its package).
 */

const PLUGIN = 'hparams';
const SUCCESS = 1;
const FAILURE = 2;
/** Api.proto's DataType. */
const TYPES = { string: 1, boolean: 2, number: 3 } as const;

/** Which settings and which results a run has. */
export function experiment(
  at: number,
  parameters: ReadonlyMap<string, Parameter>,
  metrics: readonly string[],
): SummaryValue {
  return value('_hparams_/experiment', 2, (w) => {
    tag(w, 3, FIXED64).double(at / 1000);
    for (const [name, setting] of parameters) {
      message(w, 4, () => {
        text(w, 1, name);
        tag(w, 4, VARINT).int32(TYPES[typeof setting as keyof typeof TYPES]);
      });
    }
    for (const name of metrics) message(w, 5, () => message(w, 1, () => text(w, 2, name)));
  });
}

/** A run's settings. */
export function sessionStart(
  at: number,
  name: string,
  parameters: ReadonlyMap<string, Parameter>,
): SummaryValue {
  return value('_hparams_/session_start_info', 3, (w) => {
    for (const [key, setting] of parameters) {
      message(w, 1, () => {
        text(w, 1, key);
        message(w, 2, () => {
          // google.protobuf.Value
          if (typeof setting === 'number') tag(w, 2, FIXED64).double(setting);
          else if (typeof setting === 'string') text(w, 3, setting);
          else tag(w, 4, VARINT).bool(setting);
        });
      });
    }
    text(w, 4, name);
    tag(w, 5, FIXED64).double(at / 1000);
  });
}

export function sessionEnd(at: number, finished: boolean): SummaryValue {
  return value('_hparams_/session_end_info', 4, (w) => {
    tag(w, 1, VARINT).int32(finished ? SUCCESS : FAILURE);
    tag(w, 2, FIXED64).double(at / 1000);
  });
}

/** HParamsPluginData with one of its parts. */
function value(name: string, field: number, body: (w: Writer) => void): SummaryValue {
  const w = protobuf.Writer.create();
  message(w, field, () => body(w));
  return { tag: name, plugin: PLUGIN, content: w.finish() };
}
