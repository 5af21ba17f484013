"""What a financial adviser has set up."""

from trio_tws import _versions as v
from trio_tws._client._topic import Topic
from trio_tws._enums import FADataType
from trio_tws._errors import LocalProtocolError
from trio_tws._model.advisors import ReceiveFA, ReplaceFA, ReplaceFAEnd, ReqFA


class AdvisorMethods(Topic):
    """What `TWS` offers to financial advisers; others get error 321."""

    async def fa_configuration(self, kind: FADataType) -> str:
        """Gives an adviser's groups of accounts, or the aliases of the accounts.

        Args:
            kind: Which of them; profiles only below server version 177.

        Returns:
            One XML document; a list in it without entries is a regular answer.

        Raises:
            RequestError: 321 if the login is not an adviser's.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: This server has no profiles any more; nothing was sent.

        A checkpoint; cancelled, it throws away what comes late. Callers at the same time share one
        answer.

        Sends ReqFA. Source: EClient.requestFA.
        """
        self._refuse_profiles(kind)
        return (await self._one(ReqFA(kind), ReceiveFA, shared=True)).cxml

    async def replace_fa(self, kind: FADataType, xml: str) -> str | None:
        """Replaces all of an adviser's groups, or all aliases; what is left out is gone.

        TWS takes all of it or nothing.

        Args:
            kind: Which of them; profiles only below server version 177.
            xml: One XML document, in the form that `fa_configuration` gives.

        Returns:
            What TWS says when it is done. None below server version 157, where it does not say
            anything: then this returns at once, and whether it was done is not known.

        Raises:
            RequestError: 10230 while an earlier change is not saved, 10231 for accounts that there
                are not, 10238 if IB does not answer.
            ResponseTimeout: Nothing came; whether it was done is not known.
            ConnectionLost: The session ended; whether it was done is not known.
            LocalProtocolError: This server has no profiles any more; nothing was sent.

        A checkpoint. Cancelled, it may be done all the same: TWS can't be told to stop.

        Sends ReplaceFA, and never twice. Source: EClient.replaceFA.
        """
        self._refuse_profiles(kind)
        if self._session.server_version < v.REPLACE_FA_END:
            await self._session.send(ReplaceFA(kind, xml))
            return None
        request = ReplaceFA(kind, xml, self._session.take_request_id())
        return (await self._one(request, ReplaceFAEnd)).text

    def _refuse_profiles(self, kind: FADataType) -> None:
        version = self._session.server_version
        if kind is FADataType.PROFILES and version >= v.FA_PROFILE_DESUPPORT:
            raise LocalProtocolError(
                f"kind=PROFILES: profiles are groups since server version "
                f"{v.FA_PROFILE_DESUPPORT}, and this server has {version}; ask for GROUPS"
            )
