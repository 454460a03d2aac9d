// Size and place of the window, remembered in the state folder; a place outside of all screens is not used again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Pixels, as Electron gives bounds. */
const placeSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1180),
  height: z.int().min(680),
  maximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof placeSchema>;

type Area = Pick<WindowPlace, 'x' | 'y' | 'width' | 'height'>;

const FILE = 'window.json';
/** Pixels of the window's upper edge that must be on a screen, so that it can be moved. */
const GRIP = 100;

/** The remembered place; null where none is remembered or no screen shows it. */
export function readPlace(stateDir: string, screens: readonly Area[]): WindowPlace | null {
  try {
    const place = placeSchema.parse(JSON.parse(readFileSync(join(stateDir, FILE), 'utf8')));
    return screens.some((screen) => isOn(screen, place)) ? place : null;
  } catch {
    return null;
  }
}

/** Where it cannot be written, the window opens in its usual size the next time. */
export function writePlace(stateDir: string, place: WindowPlace): void {
  try {
    writeFileSync(join(stateDir, FILE), `${JSON.stringify(place)}\n`);
  } catch {
    // A read-only state folder is reported where it matters.
  }
}

function isOn(screen: Area, { x, y, width }: Area): boolean {
  const left = Math.max(x, screen.x);
  const right = Math.min(x + width, screen.x + screen.width);
  return right - left >= GRIP && y >= screen.y && y < screen.y + screen.height - GRIP;
}
