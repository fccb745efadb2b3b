import type { Plan } from '../plan.ts';
import type { Buffer as Room } from '../plan.ts';
import { addressesOf, assemble, callsOf } from './assemble.ts';
import { section, text } from './bytes.ts';
import { pack } from './pack.ts';
import type { ModelInfo } from './runtime.ts';

/**
 * A plan as one module: its code, and in sections of its own what `runtime.ts` needs: 'about' and 'layout' as JSON, the 'constants'
 * packed, and the same code once more with fused products and sums ('relaxed'), for engines that have them.
 * @param more sections as JSON, by their names
 */
export function writeWasm(
  plan: Plan,
  info: ModelInfo,
  more: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const addresses = addressesOf(plan);
  const places = (is: Room['place']['is']) =>
    plan.buffers.flatMap(({ place }, i) => (place.is === is ? [addresses.buffers[i] ?? 0] : []));
  const layout = {
    ...{ data: addresses.data, inputs: places('input'), outputs: places('output') },
    ...{ pages: addresses.pages, calls: callsOf(plan, addresses) },
  };
  return Buffer.concat([
    assemble(plan, addresses, false),
    custom('about', Buffer.from(JSON.stringify(info))),
    custom('layout', Buffer.from(JSON.stringify(layout))),
    custom('relaxed', assemble(plan, addresses, true)),
    custom('constants', pack(plan.data)),
    ...Object.entries(more).map(([name, value]) => custom(name, Buffer.from(JSON.stringify(value)))),
  ]);
}

function custom(name: string, content: Uint8Array): Uint8Array {
  return section(0, Buffer.concat([Uint8Array.from(text(name)), content]));
}
