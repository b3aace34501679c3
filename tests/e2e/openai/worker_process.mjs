// A worker process for tests that are written in JavaScript.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// Starts `program` with a model folder on a free port of loopback and waits until it is ready.
// Returns { origin, stop }; stop() ends the process and gives its exit status.
export async function startWorker(program, modelFolder, moreArguments = []) {
  const child = spawn(
    program,
    ['--worker-id', 'worker-openai', '--model', modelFolder, '--backend', 'cpu', '--port', '0', ...moreArguments],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  process.on('exit', () => child.kill('SIGKILL'));

  const log = [];
  const origin = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      const listening = line.match(/listening on (http:\S+)/);
      if (listening) resolve(listening[1]);
    });
    ended.then((status) => reject(new Error(`the worker ended with ${status}:\n${log.join('\n')}`)));
  });
  while ((await fetch(`${origin}/ready`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    origin,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
