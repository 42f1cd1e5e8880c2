import type { HttpRequest, Reply } from '../http';
import type { World } from '../world';
export async function handleHosted(_world: World, _request: HttpRequest): Promise<Reply | null> {
  return null;
}
