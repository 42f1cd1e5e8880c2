import { Chaos, setChaos } from '../chaos';
import { addApiFault } from '../control/actions';
import { ApiFaultInput, ControlError, readInput } from '../control/inputs';
import { addDeliveryFault } from '../control/webhook-actions';
import { DeliveryFaultInput } from '../control/webhook-inputs';
import { type Actions, filled, numbers } from './form-fields';

const CONDITIONS = ['operation', 'email', 'idempotency_key', 'metadata'] as const;

/** The buttons and forms of the page about faults. */
export const FAULT_ACTIONS: Actions = {
  '/console/faults/call': (world, form) => {
    const fields = filled(form);
    const match = Object.fromEntries(CONDITIONS.flatMap((name) => (fields[name] ? [[name, fields[name]]] : [])));
    const { fault, when } = fields;
    const added = addApiFault(
      world,
      readInput(ApiFaultInput, { fault, when, match, ...numbers(fields, ['times', 'ms', 'retry_after_seconds']) }),
    );
    return `${String(added.fault)} waits for the next call that fits.`;
  },
  '/console/faults/delivery': (world, form) => {
    const fields = filled(form);
    const input = { ...fields, ...numbers(fields, ['times', 'delay_seconds', 'copies']) };
    return `${addDeliveryFault(world, readInput(DeliveryFaultInput, input)).fault} waits for the next webhook that fits.`;
  },
  '/console/faults/remove': ({ store }, form) => {
    const id = form.get('id') ?? '';
    store.apiFaults.remove(id);
    store.deliveryFaults.remove(id);
    return 'The fault is gone.';
  },
  '/console/faults/clear': ({ store }) => {
    for (const table of [store.apiFaults, store.deliveryFaults]) {
      for (const { id } of table.all()) table.remove(id);
    }
    return 'Nothing goes wrong on purpose any more.';
  },
  '/console/chaos': (world, form) => {
    const { seed, max_delay_seconds } = filled(form);
    const rates = { calls: ratesOf(form.get('calls')), deliveries: ratesOf(form.get('deliveries')) };
    const chaos = { seed, ...rates, ...numbers({ max_delay_seconds }, ['max_delay_seconds']) };
    setChaos(world.store, readInput(Chaos, chaos));
    return `Chaos goes by the seed ${seed} now.`;
  },
  '/console/chaos/stop': (world) => {
    setChaos(world.store, null);
    return 'Nothing goes wrong by chance any more.';
  },
};

/** Reads lines such as `duplicate 0.1`. */
function ratesOf(text: string | null): Record<string, number> {
  const lines = (text ?? '').split('\n').map((line) => line.trim());
  return Object.fromEntries(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const [, name, rate] = /^(\S+)[\s:=]+([\d.]+)$/.exec(line) ?? [];
        if (name === undefined) throw new ControlError(`"${line}" is not a name and a number such as "duplicate 0.1".`);
        return [name, Number(rate)];
      }),
  );
}
