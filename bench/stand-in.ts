import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** The least that a provider of charges can do: reads a body, and accepts it under a new id. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const body = JSON.stringify({ id: randomUUID(), redirect_url: null, payment_token: null, next_action: null });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
