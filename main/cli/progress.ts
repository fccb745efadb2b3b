import cliProgress from 'cli-progress';
import type { EngineMessage } from '../contract/messages.ts';
import type { LayerSparsity, MetricName, Progress, StageInfo } from '../contract/run.ts';
import { formatDuration, formatNumber, formatPercent } from '../words/format.ts';
import type { Output } from './context.ts';

/** Shows how a run goes on. */
export interface ProgressView {
  show(message: EngineMessage): void;
  /** A remark of the host itself. */
  say(text: string): void;
  /** Leaves the terminal in order; nothing is shown afterwards. */
  close(): void;
}

/** A bar on a terminal, a line for each epoch in a log file, nothing when `quiet`. */
export function progressView(stderr: Output, quiet: boolean): ProgressView {
  if (quiet) return { show: () => undefined, say: () => undefined, close: () => undefined };
  return stderr.isTTY === true ? barView(stderr) : lineView(stderr);
}

function zeroShare(layers: readonly LayerSparsity[]): number {
  const sum = (pick: (layer: LayerSparsity) => number) =>
    layers.reduce((total, layer) => total + pick(layer), 0);
  return (
    1 -
    sum(({ kept }) => kept) /
      Math.max(
        1,
        sum(({ total }) => total),
      )
  );
}

/** What the run has told so far. */
class RunWords {
  stages: readonly StageInfo[] = [];
  stage = 0;
  epoch = 0;
  eta: number | null = null;
  evaluations: Progress['evaluations'];
  private readonly latest = new Map<MetricName, number>();

  take(message: EngineMessage): void {
    if (message.type === 'plan') this.stages = message.stages;
    if (message.type === 'metrics')
      for (const point of message.points) this.latest.set(point.name, point.value);
    // Masks are told when they change; the curves have their sparsity only after the epoch.
    if (message.type === 'layers') this.latest.set('sparsity', zeroShare(message.layers));
    if (message.type !== 'progress') return;
    this.stage = message.progress.stage;
    this.epoch = message.progress.epoch;
    this.eta = message.progress.etaSeconds;
    this.evaluations = message.progress.evaluations;
  }

  label(): string {
    return this.stages[this.stage]?.label ?? 'Preparing';
  }

  /** 'evaluation 12/60' of a search for widths, else nothing. */
  tried(): string {
    const { evaluations } = this;
    return evaluations === undefined ? '' : `evaluation ${evaluations.done}/${evaluations.total}`;
  }

  /** 'epoch 3/10', or nothing in a stage without epochs. */
  epochs(): string {
    const total = this.stages[this.stage]?.epochs ?? 0;
    return total === 0 ? '' : `epoch ${Math.min(Math.floor(this.epoch) + 1, total)}/${total}`;
  }

  metrics(): string {
    const loss = this.latest.get('train/loss');
    const accuracy = this.latest.get('validation/accuracy') ?? this.latest.get('train/accuracy');
    const sparsity = this.latest.get('sparsity');
    return [
      ...(loss === undefined ? [] : [`loss ${formatNumber(loss)}`]),
      ...(accuracy === undefined ? [] : [`accuracy ${formatPercent(accuracy, 1)}`]),
      ...(sparsity === undefined || sparsity === 0 ? [] : [`sparsity ${formatPercent(sparsity, 1)}`]),
    ].join('  ');
  }

  left(): string {
    return this.eta === null ? '' : `ETA ${formatDuration(this.eta)}`;
  }
}

function barView(stderr: Output): ProgressView {
  const words = new RunWords();
  const bar = new cliProgress.SingleBar(
    {
      format: '{stage} {bar} {percentage} %  {details}',
      stream: stderr as NodeJS.WriteStream,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: null,
      barsize: 24,
      // Ctrl-C is the run's business, not the bar's.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const payload = () => ({
    stage: words.label().padEnd(20),
    details: [words.epochs(), words.tried(), words.metrics(), words.left()]
      .filter((part) => part !== '')
      .join('  '),
  });
  bar.start(1000, 0, payload());
  const say = (text: string) => {
    // The bar's line is overwritten and drawn again below.
    stderr.write(`\r\u001b[2K${text}\n`);
    bar.render();
  };
  return {
    say,
    show(message) {
      words.take(message);
      if (message.type === 'plan') say(`Computing on ${message.device}`);
      if (message.type === 'log') say(`${message.level === 'warning' ? 'Warning: ' : ''}${message.text}`);
      if (message.type === 'progress') bar.update(Math.round(message.progress.fraction * 1000), payload());
      else bar.update(payload());
    },
    close: () => bar.stop(),
  };
}

function lineView(stderr: Output): ProgressView {
  const words = new RunWords();
  const say = (text: string) => void stderr.write(`${text}\n`);
  let shown = '';
  return {
    say,
    show(message) {
      words.take(message);
      if (message.type === 'plan') say(`Computing on ${message.device}`);
      if (message.type === 'log') say(`${message.level === 'warning' ? 'Warning: ' : ''}${message.text}`);
      if (message.type === 'progress') {
        // One line at the beginning of each stage and of each epoch.
        const place = [words.label(), words.epochs()].filter((part) => part !== '').join(', ');
        if (place === shown) return;
        shown = place;
        say([place, words.metrics(), words.left()].filter((part) => part !== '').join('  '));
      }
    },
    close: () => undefined,
  };
}
