// OpenAI's own client library, unmodified, against a worker with a demo model.
// Environment: RBEE_WORKER_PROGRAM, RBEE_MODELS (the folder of the demo models).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import OpenAI, { BadRequestError, NotFoundError } from 'openai';

import { startWorker } from './worker_process.mjs';

const model = 'demo-qwen';
const folder = `${process.env.RBEE_MODELS}/${model}`;
const expected = JSON.parse(readFileSync(`${folder}/expected.json`)).cases.find((one) => one.question);
const messages = [{ role: 'user', content: expected.question }];
let worker, client;

before(async () => {
  worker = await startWorker(process.env.RBEE_WORKER_PROGRAM, folder);
  client = new OpenAI({ baseURL: `${worker.origin}/v1`, apiKey: 'not needed', maxRetries: 0 });
});
after(async () => assert.equal(await worker.stop(), 0));

test('models are listed and found by name', async () => {
  const names = [];
  for await (const one of client.models.list()) names.push(one.id);
  assert.deepEqual(names, [model]);
  assert.equal((await client.models.retrieve(model)).id, model);
  await assert.rejects(client.models.retrieve('gpt-4'), NotFoundError);
});

test('a chat answer is the expected one, whole and streamed', async () => {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 60 });
  assert.equal(whole.object, 'chat.completion');
  assert.equal(whole.choices.length, 1);
  assert.equal(whole.choices[0].finish_reason, 'stop');
  const answer = whole.choices[0].message.content;
  assert.ok(expected.text.startsWith(answer), `${answer} | ${expected.text}`);
  assert.equal(whole.usage.prompt_tokens, expected.ids.length);
  assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);

  const stream = await client.chat.completions.create({
    model, messages, temperature: 0, max_completion_tokens: 60, stream: true, stream_options: { include_usage: true },
  });
  let text = '', usage, finish;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, answer);
  assert.equal(finish, 'stop');
  assert.deepEqual(usage, whole.usage);
});

test("the client's own stream helper puts the same message together", async () => {
  const options = { model, messages, temperature: 0, max_tokens: 60 };
  const runner = client.chat.completions.stream(options);
  const whole = await client.chat.completions.create(options);
  assert.equal(await runner.finalContent(), whole.choices[0].message.content);
});

test('log-probabilities come with chat answers', async () => {
  const answer = await client.chat.completions.create({
    model, messages, temperature: 0, max_tokens: 5, logprobs: true, top_logprobs: 3,
  });
  assert.equal(answer.choices[0].finish_reason, 'length');
  const content = answer.choices[0].logprobs.content;
  assert.equal(content.length, 5);
  for (const token of content) {
    assert.equal(token.top_logprobs.length, 3);
    assert.ok(token.logprob <= 0 && token.logprob === token.top_logprobs[0].logprob);
  }
  assert.equal(Buffer.from(content.flatMap((token) => token.bytes)).toString(), answer.choices[0].message.content);
});

test('a completion continues text and ids, whole and streamed', async () => {
  const options = { model, prompt: expected.ids, temperature: 0, max_tokens: 8 };
  const whole = await client.completions.create(options);
  assert.equal(whole.object, 'text_completion');
  const text = whole.choices[0].text;
  assert.ok(expected.text.startsWith(text), `${text} | ${expected.text}`);
  let streamed = '';
  for await (const chunk of await client.completions.create({ ...options, stream: true })) {
    streamed += chunk.choices[0]?.text ?? '';
  }
  assert.equal(streamed, text);
  const two = await client.completions.create({ ...options, prompt: [expected.ids, [expected.ids[0]]] });
  assert.deepEqual(two.choices.map((choice) => choice.index), [0, 1]);
  assert.equal(two.choices[0].text, text);
});

test('a prompt is scored at every position', async () => {
  const prompt = 'The capital of France is Paris.';
  const scored = await client.completions.create({ model, prompt, echo: true, logprobs: 2, max_tokens: 0 });
  const { text, logprobs } = scored.choices[0];
  assert.equal(text, prompt);
  assert.equal(logprobs.tokens.join(''), prompt);
  assert.equal(logprobs.token_logprobs.length, logprobs.tokens.length);
  assert.equal(logprobs.token_logprobs[0], null);
  for (const value of logprobs.token_logprobs.slice(1)) assert.ok(value <= 0);
  assert.deepEqual(logprobs.text_offset.slice(0, 2), [0, logprobs.tokens[0].length]);
  // One more token leaves the scores of the prompt as they are.
  const one = await client.completions.create({ model, prompt, echo: true, logprobs: 2, max_tokens: 1, temperature: 0 });
  assert.deepEqual(one.choices[0].logprobs.token_logprobs.slice(0, -1), logprobs.token_logprobs);
});

test('leaving a stream frees the worker', async () => {
  const stream = await client.completions.create({
    model, prompt: 'The', stream: true, max_tokens: 900, ...{ ignore_eos: true },
  });
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'text_completion');
    break;
  }
  while ((await (await fetch(`${worker.origin}/ready`)).json()).state !== 'idle');
});

test('what is not supported is refused by name', async () => {
  const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };
  for (const [param, more] of Object.entries({
    tools: { tools: [tool] },
    tool_choice: { tool_choice: 'auto' },
    response_format: { response_format: { type: 'json_object' } },
    n: { n: 2 },
    temperature: { temperature: -1 },
    reasoning_effort: { reasoning_effort: 'low' },
  })) {
    await assert.rejects(client.chat.completions.create({ model, messages, ...more }), (error) => {
      assert.ok(error instanceof BadRequestError, String(error));
      assert.equal(error.param, param);
      return true;
    });
  }
  await assert.rejects(client.chat.completions.create({ model: 'gpt-4', messages }), NotFoundError);
  await assert.rejects(client.completions.create({ model, prompt: 'x', suffix: 'y' }), BadRequestError);
});
