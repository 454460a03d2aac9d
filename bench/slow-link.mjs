// A TCP proxy that behaves as a longer line: it delays each direction by half a round trip and limits the bytes of one connection.
//
//   node slow-link.mjs HOST:PORT ROUND_TRIP_MS BYTES_PER_SECOND     prints the port that it listens on; 0 bytes: no limit
import { connect, createServer } from 'node:net';

const [goal, roundTrip, rate] = process.argv.slice(2);
const [host, port] = goal.split(':');
const delay = Number(roundTrip) / 2;
const bytesPerMs = Number(rate) / 1000;
/** Bytes on their way in one direction of a connection: what a window of TCP of this size would allow. */
const IN_FLIGHT = 16 << 20;

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const upstream = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
  carry(client, upstream);
  carry(upstream, client);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

function carry(from, to) {
  let free = 0;
  let waiting = 0;
  const queue = [];
  // one timer for the first in the queue: timers of different lengths may fire in another order
  const serve = () => {
    for (let next = queue[0]; next && next.due <= performance.now(); next = queue[0]) {
      queue.shift();
      next.act();
    }
    if (queue[0]) setTimeout(serve, queue[0].due - performance.now());
  };
  const later = (bytes, act) => {
    free = Math.max(free, performance.now()) + (bytesPerMs > 0 ? bytes / bytesPerMs : 0);
    queue.push({ due: free + delay, act });
    if (queue.length === 1) setTimeout(serve, queue[0].due - performance.now());
  };
  from.on('data', (piece) => {
    waiting += piece.length;
    if (waiting > IN_FLIGHT || (bytesPerMs > 0 && waiting > bytesPerMs * 50)) from.pause();
    later(piece.length, () => {
      waiting -= piece.length;
      to.write(piece);
      from.resume();
    });
  });
  from.on('end', () => later(0, () => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(0, () => to.destroy()));
}
