/** A sentence in a cell: cut off where it does not fit, with the whole of it in its title. */
export function Sentence({ children }: { children: string }) {
  return (
    <span title={children} className="block max-w-56 truncate lg:max-w-72 xl:max-w-[26rem]">
      {children}
    </span>
  );
}
