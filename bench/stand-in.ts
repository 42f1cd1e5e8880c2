import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** The least that a provider of charges can do: reads a body, and accepts it under a new id, `LATENCY_MS` later where that is set. */
const latencyMs = Number(process.env.LATENCY_MS ?? 0);
const server = createServer((request, response) => {
  const answer = () => {
    const body = JSON.stringify({ id: randomUUID(), redirect_url: null, payment_token: null, next_action: null });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  request.resume();
  request.on('end', latencyMs === 0 ? answer : () => setTimeout(answer, latencyMs));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
