import { spawnSync } from 'node:child_process';

/** A Python with TensorBoard, if there is one: the one named by TENSORBOARD_PYTHON, or the one on the path. */
const python = process.env['TENSORBOARD_PYTHON'] ?? 'python3';

/** Why TensorBoard's own reader cannot be used here; undefined when it can. */
export function missingTensorboard(): string | undefined {
  const { status } = spawnSync(python, ['-c', 'import tensorboard'], { timeout: 60_000 });
  return status === 0 ? undefined : `${python} has no TensorBoard (pip install tensorboard)`;
}

/** What TensorBoard's readers find in a folder of event files. */
export interface ReadByTensorboard {
  /** Every curve's [step, value, seconds since 1970]. */
  readonly scalars: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly hparams: Readonly<Record<string, string | number | boolean>>;
  /** Names of the hyperparameters and tags of the metrics that the experiment declares. */
  readonly declared: { readonly hparams: readonly string[]; readonly metrics: readonly string[] };
  readonly status: string | null;
}

const SCRIPT = `
import json, sys
from tensorboard.backend.event_processing import plugin_event_accumulator as accumulator
from tensorboard.plugins.hparams import metadata, api_pb2
from tensorboard.util import tensor_util

events = accumulator.EventAccumulator(sys.argv[1], size_guidance={accumulator.TENSORS: 0})
events.Reload()
scalars, texts = {}, {}
for tag in events.Tags()["tensors"]:
    kind = events.SummaryMetadata(tag).plugin_data.plugin_name
    rows = [(e.step, tensor_util.make_ndarray(e.tensor_proto), e.wall_time) for e in events.Tensors(tag)]
    if kind == "scalars":
        scalars[tag] = [(step, float(value), at) for step, value, at in rows]
    elif kind == "text":
        texts[tag] = [value.item().decode() if value.size == 1 else str(value) for _, value, _ in rows]
hparams, declared, status = {}, {"hparams": [], "metrics": []}, None
for tag, content in (events.PluginTagToContent("hparams") or {}).items():
    if tag == metadata.SESSION_START_INFO_TAG:
        for name, value in metadata.parse_session_start_info_plugin_data(content).hparams.items():
            hparams[name] = getattr(value, value.WhichOneof("kind"))
    elif tag == metadata.EXPERIMENT_TAG:
        found = metadata.parse_experiment_plugin_data(content)
        declared = {"hparams": [i.name for i in found.hparam_infos], "metrics": [i.name.tag for i in found.metric_infos]}
    elif tag == metadata.SESSION_END_INFO_TAG:
        status = api_pb2.Status.Name(metadata.parse_session_end_info_plugin_data(content).status)
print(json.dumps({"scalars": scalars, "texts": texts, "hparams": hparams, "declared": declared, "status": status}))
`;

/** Has TensorBoard read a folder. @throws Error with its words when it cannot */
export function readByTensorboard(folder: string): ReadByTensorboard {
  const { status, stdout, stderr } = spawnSync(python, ['-c', SCRIPT, folder], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr.trim());
  return JSON.parse(stdout) as ReadByTensorboard;
}
