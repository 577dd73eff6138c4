import { Badge } from '@/components/ui/badge';
import { InfoIcon } from '@/components/ui/icons';

/** Says that the values are not from a real brokerage, and what they are instead. */
export function DataNotice({ text }: { readonly text: string }) {
  return (
    <p role="note">
      <Badge>
        <InfoIcon className="size-3.5" />
        {text}
      </Badge>
    </p>
  );
}
