// Loaded into each process that the demo and the tests start: when the one that started it is gone, whatever killed it,
// the pipe between them closes and the process ends itself as it would on SIGTERM. What that process starts in its turn
// may load this too, but has another parent and another standard input.
if (process.env.PERENNIAL_PARENT === String(process.ppid)) {
  process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  process.stdin.unref();
}
