/** A page of the framework alone: what every page costs. Only in the build of `npm run bench`. */
export default function BarePage() {
  return <p>Nothing else.</p>;
}
