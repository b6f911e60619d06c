// The budget of what is being read: 48 MiB in weight, three for each byte received.
//
// Possible failures:
// - two uploads race for the last bytes, and both get them;
// - what is refused weighs all the same, or what is given back twice makes room twice;
// - one customer fills it and shuts the others out, with one upload or with many;
// - a customer who is alone cannot send the largest body that is allowed;
// - an upload is cut off by the platform, nobody gives back, and the room is lost for ever;
// - a usual call is turned away because others send large bodies.

import { test } from 'vitest';
import { ALWAYS_READ_BYTES, bytesInFlight } from '../../src/lib/bytes-in-flight.ts';
import { testClock } from '../support/clock.ts';

const MIB = 2 ** 20;

function setUp() {
  const clock = testClock();
  return { clock, flight: bytesInFlight(clock) };
}

test('two uploads race for the last bytes: one gets them', ({ expect }) => {
  const { flight } = setUp();
  const [one, other, third] = ['a', 'b', 'c'].map((holder) => flight.open(holder));
  expect(one?.take(7 * MIB)).toBe(true);
  expect(other?.take(7 * MIB)).toBe(true);
  expect(third?.take(2 * MIB + 1)).toBe(false);
  expect(flight.weight()).toBe(42 * MIB);
  expect(third?.take(2 * MIB)).toBe(true);
  expect(one?.take(1)).toBe(false);
  expect(flight.weight()).toBe(48 * MIB);
});

test('what is given back makes room once', ({ expect }) => {
  const { flight } = setUp();
  const [one, other] = [flight.open('a'), flight.open('b')];
  one.take(8 * MIB);
  other.take(8 * MIB);
  one.release();
  one.release();
  expect(flight.weight()).toBe(24 * MIB);
  other.release();
  expect(flight.weight()).toBe(0);
});

test('one customer’s uploads take half, and the other half is there for others', ({ expect }) => {
  const { flight } = setUp();
  const hogs = Array.from({ length: 10 }, () => flight.open('hog'));
  const taken = hogs.map((held) => held.take(2 * MIB));
  expect(taken).toEqual([true, true, true, true, ...Array.from({ length: 6 }, () => false)]);
  expect(flight.open('b').take(8 * MIB)).toBe(true);
});

test('the largest body goes through alone, and not while another customer waits', ({ expect }) => {
  const { flight, clock } = setUp();
  const large = flight.open('a');
  expect(large.take(16 * MIB)).toBe(true);
  expect(flight.open('b').take(MIB)).toBe(false);
  large.release();
  // It is back at once; the other one comes within 10 s.
  const again = flight.open('a');
  expect(again.take(8 * MIB)).toBe(true);
  expect(again.take(1)).toBe(false);
  expect(flight.open('b').take(MIB)).toBe(true);
  again.release();
  clock.advance(10_000);
  expect(flight.open('a').take(15 * MIB)).toBe(true);
});

test('of two large bodies that race one goes on, and the next one waits for the other', ({ expect }) => {
  const { flight } = setUp();
  const [one, other] = [flight.open('a'), flight.open('b')];
  expect([one.take(8 * MIB), other.take(7 * MIB), one.take(MIB), other.take(MIB)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  other.release();
  expect(one.take(7 * MIB)).toBe(true);
  one.release();
  expect(flight.open('a').take(9 * MIB)).toBe(false);
  expect(flight.open('b').take(15 * MIB)).toBe(true);
});

test('a usual call is read whatever is in flight, and weighs', ({ expect }) => {
  const { flight } = setUp();
  flight.open('a').take(16 * MIB);
  const usual = Array.from({ length: 20 }, () => flight.open('a'));
  expect(usual.every((held) => held.take(ALWAYS_READ_BYTES))).toBe(true);
  expect(flight.weight()).toBe(48 * MIB + 20 * 3 * ALWAYS_READ_BYTES);
  expect(usual[0]?.take(1)).toBe(false);
});

test('what the platform has cut off is given back after a minute, and what goes on is not', ({ expect }) => {
  const { flight, clock } = setUp();
  const lost = flight.open('a');
  lost.take(7 * MIB);
  const slow = flight.open('b');
  slow.take(7 * MIB);
  clock.advance(59_999);
  slow.take(1);
  expect(flight.open('c').take(3 * MIB)).toBe(false);
  clock.advance(1);
  expect(flight.open('c').take(3 * MIB)).toBe(true);
  expect(flight.weight()).toBe(3 * (10 * MIB + 1));
  lost.release();
  expect(flight.weight()).toBe(3 * (10 * MIB + 1));
});

test('what is always read is not turned away, and nothing weighs more than there is', ({ expect }) => {
  const { flight } = setUp();
  flight.open('a').take(16 * MIB);
  const result = flight.open('a', 'always');
  expect(result.take(24 * MIB)).toBe(true);
  expect(flight.weight()).toBe(96 * MIB);
  result.release();
  expect(flight.weight()).toBe(48 * MIB);
});
