import { z } from 'zod';
import { uuidOf } from '../ids';

/** A place that is told of every event. Several secrets make several signatures; an unsigned one gets the first in clear (section 7.1). */
export const Endpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secrets: z.array(z.string().min(1)).min(1),
  signed: z.boolean().default(true),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** A list of endpoints, none of them twice. */
export const EndpointList = z
  .array(Endpoint)
  .refine(
    (endpoints) => new Set(endpoints.map(endpointId)).size === endpoints.length,
    'The same endpoint is listed twice.',
  );

/** The endpoints that the control API has set, and those of the set-up in whose place they are. */
export const StoredEndpoints = z.object({ configured: z.array(Endpoint), endpoints: EndpointList });

/** An endpoint's id: the same after a restart and after its secrets were rotated. */
export function endpointId(endpoint: Pick<Endpoint, 'url' | 'signed'>): string {
  return uuidOf('endpoint', endpoint.url, endpoint.signed ? 'signed' : 'unsigned');
}
