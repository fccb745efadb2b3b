import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether Debian's slurm-wlm and munge are here, and may be started: their daemons want to be root. */
export const hasSlurm =
  process.getuid?.() === 0 &&
  ['sbatch', 'slurmctld', 'slurmd', 'munged'].every(
    (program) => spawnSync(program, ['--help']).error === undefined,
  );

/** A real cluster of one node, this machine, with keys, ports and folders of its own. */
export class TestCluster {
  private readonly children: ChildProcess[] = [];
  /** What programs need in their environment to find it. */
  readonly env: { SLURM_CONF: string };

  private constructor(env: { SLURM_CONF: string }) {
    this.env = env;
  }

  static async start(folder: string): Promise<TestCluster> {
    const at = (name: string) => join(folder, name);
    for (const name of ['munge', 'state', 'spool']) mkdirSync(at(name), { recursive: true, mode: 0o700 });
    writeFileSync(at('munge/key'), randomBytes(1024), { mode: 0o400 });
    const name = hostname().split('.')[0] ?? 'localhost';
    const port = 20_000 + (process.pid % 20_000);
    writeFileSync(
      at('slurm.conf'),
      [
        'ClusterName=test',
        `SlurmctldHost=${name}(127.0.0.1)`,
        `SlurmctldPort=${port}`,
        `SlurmdPort=${port + 1}`,
        'SlurmUser=root',
        'AuthType=auth/munge',
        // A requeued task waits until its credential has run out.
        `AuthInfo=socket=${at('munge/socket')},cred_expire=5`,
        'CredType=cred/munge',
        `StateSaveLocation=${at('state')}`,
        `SlurmdSpoolDir=${at('spool')}`,
        `SlurmctldPidFile=${at('slurmctld.pid')}`,
        `SlurmdPidFile=${at('slurmd.pid')}`,
        'ProctrackType=proctrack/linuxproc',
        'TaskPlugin=task/none',
        'MpiDefault=none',
        'ReturnToService=2',
        'SelectType=select/cons_tres',
        'SelectTypeParameters=CR_Core',
        `NodeName=${name} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN`,
        'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
        '',
      ].join('\n'),
    );
    const cluster = new TestCluster({ SLURM_CONF: at('slurm.conf') });
    const files = ['socket', 'key', 'pid', 'log', 'seed'].map((kind) => {
      const option = {
        socket: 'socket',
        key: 'key-file',
        pid: 'pid-file',
        log: 'log-file',
        seed: 'seed-file',
      }[kind];
      return `--${option}=${at(`munge/${kind}`)}`;
    });
    cluster.spawn('munged', ['--force', '--foreground', ...files]);
    await delay(500);
    cluster.spawn('slurmctld', ['-D']);
    cluster.spawn('slurmd', ['-D']);
    for (let tries = 0; tries < 300; tries++) {
      const { stdout } = spawnSync('sinfo', ['-h', '-o', '%t'], { env: { ...process.env, ...cluster.env } });
      if (stdout.toString().trim() === 'idle') return cluster;
      await delay(200);
    }
    await cluster.stop();
    throw new Error('the cluster does not come up');
  }

  private spawn(program: string, args: readonly string[]): void {
    this.children.push(spawn(program, args, { env: { ...process.env, ...this.env }, stdio: 'ignore' }));
  }

  async stop(): Promise<void> {
    for (const child of this.children.reverse()) {
      if (child.exitCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([gone, delay(5_000).then(() => child.kill('SIGKILL'))]);
    }
  }
}
