"""Usages × catalogue → findings. Every answer here is computed from the rules; nothing is particular to a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from portability.catalogue import HEALTH, VENDOR, Catalogue, is_catch_all
from portability.catalogue.schema import AccessPath, Offer, Provider, Service, Variant, each_path
from portability.catalogue.twins import covers, stubbed
from portability.digests import blake2b
from portability.engine.conditions import shows
from portability.engine.endpoints import addresses, endpoint_of, is_named, is_own
from portability.engine.equivalents import Question, ranked
from portability.engine.identity import meant
from portability.interest import Claim
from portability.model import (
    UNKNOWN,
    Confidence,
    Equivalent,
    Finding,
    Location,
    LockIn,
    Role,
    Usage,
    harder,
)
from portability.names.contexts import context_of
from portability.names.operators import place

FINGERPRINT_VERSION = "1"
_CONFIDENCE: tuple[Confidence, ...] = ("certain", "likely", "possible")

_DRIVEN = {
    "command": "The provider's own command does it, which knows no other; that line is rewritten.",
    "permission": "It is a right to call the provider's API, which is granted anew in another policy.",
    "ci": "A step of a pipeline does it that knows only this provider; that step is rewritten.",
    "airflow": "A task calls the provider's API to have it done; another operator takes its place.",
}
"""Ways of driving a service instead of speaking to it, where the service's file says nothing of them."""


class Engine:
    """Judges usages by one catalogue for some targets. Equal questions to a target are answered once."""

    def __init__(
        self, catalogue: Catalogue, targets: Sequence[str], refusal: Callable[[Equivalent], str] = lambda _answer: ""
    ) -> None:
        """``refusal`` says why an equivalent is not acceptable, or nothing."""
        self.catalogue = catalogue
        self._refusal = refusal
        self.targets = tuple(targets)
        self.elsewhere = 0
        self.vendors: dict[str, list[Location]] = {}
        self._seen: dict[tuple[str, str, str], int] = {}
        self._answers: dict[Question, Equivalent] = {}
        self._offers: dict[tuple[str, str], Offer | None] = {}

    def judge(self, usage: Usage, component: str = "") -> Finding | None:
        """The finding of a usage, or None where nothing of a hyperscaler is in it."""
        claim = self.catalogue.claim(usage.namespace, usage.symbol)
        if claim is None:
            return None
        is_guess = False
        if usage.namespace == "terraform-module" and is_catch_all(claim):
            claim, is_guess = self._called_after(usage.symbol, claim)
        if claim.service.startswith(VENDOR):
            self.vendors.setdefault(claim.service.removeprefix(VENDOR), []).append(usage.location)
            return None
        if claim.service.startswith(HEALTH):
            return self._health(claim, usage, component)
        service = self.catalogue.service(claim.service)
        provider = self.catalogue.providers[claim.service.partition("/")[0]]
        if _is_elsewhere(usage, service, provider):
            self.elsewhere += 1
            return None
        if usage.namespace == "string" and claim.role == "look-up":
            return self._fixed_place(claim, usage, component, provider)
        confidence = _confidence(usage, service)
        likenesses = self._likenesses(usage, claim)
        candidates = _candidates(service, likenesses)
        features, unsure, raising = _needs(service, likenesses)
        path = claim.path or ("permission" if claim.role == "permission" else likenesses[0].namespace)
        access = service.reached_by.get(path)
        lock_in, because = _level(service, access, candidates, raising)
        confidence, because = _doubted(usage, confidence, because, is_guess=is_guess)
        role = _role(claim, usage)
        # A permission is written anew, however hard what it permits is to leave.
        driven = path in _DRIVEN and (role == "permission" or lock_in in ("portable", "compatible"))
        if driven and access is None:
            lock_in, because = "convertible", _DRIVEN[path]
        offer = self._offer(provider, usage)
        if role in ("look-up", "provider-only") and lock_in in ("proprietary", "captive"):
            lock_in = "convertible"
        if usage.language == "delivery":
            # What a pipeline does is rewritten with the pipeline, whatever the service asks of an application.
            role, because = "part", "A pipeline signs in to it, deploys to it or runs on it; that step is rewritten."
            lock_in = "convertible" if lock_in in ("proprietary", "captive", "unknown") else lock_in
        capabilities = tuple(dict.fromkeys(variant.capability or service.capability for variant in candidates))
        name, template, variable = meant(service, usage)
        return Finding(
            fingerprint=self._fingerprint(usage),
            service=claim.service,
            capabilities=tuple(capability for capability in capabilities if capability),
            features=features,
            features_unknown=unsure,
            lock_in=lock_in,
            role=role,
            confidence=confidence,
            active=usage.active,
            context=usage.context or context_of(usage.location.path),
            evidence=usage.evidence,
            operator=offer.operator if offer else provider.operator,
            jurisdiction=offer.jurisdiction if offer else provider.jurisdiction,
            language=usage.language,
            symbol=usage.symbol,
            address=usage.address,
            component=component,
            location=usage.location,
            message=_message(service, because, usage, offer),
            retired=_retired(service, likenesses),
            inputs=_inputs(service, likenesses),
            references=usage.references,
            name=name,
            template=template,
            variable=variable,
            equivalents=tuple(
                self._best(target, variant, spoken(path, access, variant, service), service, features, unsure)
                for target in self.targets
                for variant in _distinct(candidates, service)
            ),
            related=usage.related,
            digest=usage.digest,
        )

    def _likenesses(self, usage: Usage, claim: Claim) -> tuple[Usage, ...]:
        """How rules may speak of a use: as it is, or as what it comes to.

        A distribution is used as the module that it mostly brings, a kind of an operator as a Terraform type too.
        """
        if usage.namespace == "package":
            if service := stubbed(usage.symbol):
                return (msgspec.structs.replace(usage, namespace="boto3", symbol=service),)
            return (msgspec.structs.replace(usage, namespace="python", symbol=usage.symbol.replace("-", ".")),)
        if not claim.stands_for:
            return (usage,)
        places = {path: place(usage.symbol, path) for path in self.catalogue.interest.paths(claim.stands_for)}
        values = {path: usage.values[at] for path, at in places.items() if at is not None and at in usage.values}
        return usage, msgspec.structs.replace(usage, namespace="terraform", symbol=claim.stands_for, values=values)

    def _called_after(self, module: str, claim: Claim) -> tuple[Claim, bool]:
        """The claim on what a module is called after, where there is one, instead of the provider's own."""
        after = self.catalogue.claim_after(module, claim.service.partition("/")[0])
        return after or claim, after is not None

    def _fixed_place(self, claim: Claim, usage: Usage, component: str, provider: Provider) -> Finding:
        """The finding of a partition or domain that code spells out: where it runs is fixed, whatever the service."""
        offer = self._offer(provider, usage)
        where = f"It names {offer.name}. {offer.because}" if offer else provider.fixed_place
        return self._apart(
            claim,
            usage,
            component,
            kind="jurisdiction",
            lock_in="convertible",
            operated=offer or provider,
            message=f"{self.catalogue.service(claim.service).name}: `{usage.symbol}` is spelt out. {where}",
        )

    def _offer(self, provider: Provider, usage: Usage) -> Offer | None:
        """The cloud of a provider that a use says it runs in, where that is not its ordinary one."""
        places = [*usage.places, *addresses(usage.endpoint)]
        if usage.namespace == "string":
            places.append(usage.symbol)
        for named in places:
            key = (provider.name, named)
            if key not in self._offers:
                self._offers[key] = next((offer for offer in provider.offers.values() if is_named(named, offer)), None)
            if (offer := self._offers[key]) is not None:
                return offer
        return None

    def _health(self, claim: Claim, usage: Usage, component: str) -> Finding:
        known = self.catalogue.health[claim.service.removeprefix(HEALTH)]
        message = f"{known.name}: {known.because} {known.instead}"
        return self._apart(claim, usage, component, kind="health", lock_in="portable", operated=None, message=message)

    def _apart(
        self,
        claim: Claim,
        usage: Usage,
        component: str,
        *,
        kind: Literal["health", "jurisdiction"],
        lock_in: LockIn,
        operated: Provider | Offer | None,
        message: str,
    ) -> Finding:
        """A finding that asks no target for an equivalent."""
        return Finding(
            fingerprint=self._fingerprint(usage),
            kind=kind,
            service=claim.service,
            capabilities=(),
            lock_in=lock_in,
            role=claim.role,
            confidence=usage.confidence,
            active=usage.active,
            context=usage.context or context_of(usage.location.path),
            evidence=usage.evidence,
            operator=operated.operator if operated else "",
            jurisdiction=operated.jurisdiction if operated else "",
            language=usage.language,
            symbol=usage.symbol,
            address=usage.address,
            component=component,
            location=usage.location,
            related=usage.related,
            message=message,
            digest=usage.digest,
        )

    def _best(
        self,
        target: str,
        variant: Variant,
        speaks: tuple[str, ...],
        service: Service,
        features: tuple[str, ...],
        unsure: tuple[str, ...],
    ) -> Equivalent:
        question = Question(target, variant.capability or service.capability, speaks, features, unsure)
        if question not in self._answers:
            self._answers[question] = self._acceptable(ranked(self.catalogue, question))
        return self._answers[question]

    def _acceptable(self, answers: list[Equivalent]) -> Equivalent:
        """The best answer that is not refused, or the best one with the reason."""
        for answer in answers:
            if not self._refusal(answer):
                return answer
        return msgspec.structs.replace(answers[0], refused=self._refusal(answers[0]))

    def _fingerprint(self, usage: Usage) -> str:
        key = (usage.location.path, usage.address, usage.symbol)
        ordinal = self._seen[key] = self._seen.get(key, -1) + 1
        text = "\0".join((FINGERPRINT_VERSION, usage.language, *key, str(ordinal)))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def _candidates(service: Service, likenesses: Sequence[Usage]) -> list[Variant]:
    """What the service may be in this use: one variant where it is clear, else all that are possible."""
    plain = Variant(when={})
    possible: list[Variant] = []
    for variant in service.variants:
        answer = shows(variant.when, likenesses)
        if answer is True:
            return [*possible, variant]
        if answer is None:
            possible.append(variant)
    return [*possible, plain]


def spoken(path: str, access: AccessPath | None, variant: Variant, service: Service) -> tuple[str, ...]:
    """The interfaces that a use speaks: none where it drives the service by a management API, whatever that serves."""
    if access is not None and access.speaks is not None:
        return tuple(access.speaks)
    if path in _DRIVEN if access is None else access.lock_in in ("proprietary", "captive"):
        return ()
    return tuple(service.speaks if variant.speaks is None else variant.speaks)


def _distinct(candidates: Iterable[Variant], service: Service) -> list[Variant]:
    seen: dict[str, Variant] = {}
    for variant in candidates:
        if capability := variant.capability or service.capability:
            seen.setdefault(capability, variant)
    return list(seen.values())


def _needs(
    service: Service, likenesses: Sequence[Usage]
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[LockIn, str]]]:
    used: list[str] = []
    unsure: list[str] = []
    raising: list[tuple[LockIn, str]] = []
    for feature, need in service.needs.items():
        if need == "always":
            used.append(feature)
            continue
        answer = shows(need.shown_by, likenesses)
        if answer is True:
            used.append(feature)
            if need.lock_in is not None:
                raising.append((need.lock_in, need.because or service.because))
        elif answer is None:
            unsure.append(feature)
    return tuple(sorted(used)), tuple(sorted(unsure)), raising


def _level(
    service: Service, access: AccessPath | None, candidates: list[Variant], raising: list[tuple[LockIn, str]]
) -> tuple[LockIn, str]:
    if access is not None:
        level, because = access.lock_in, access.because
    else:
        levels = {variant.lock_in or service.lock_in for variant in candidates}
        decided = candidates[0]
        if len(levels) == 1:
            level, because = levels.pop(), decided.because or service.because
        else:
            level, because = "unknown", "What it is depends on a value that only a run could tell."
    for raised, reason in raising:
        if level == "unknown" or harder(raised, level) != level:
            level, because = raised, reason
    return level, because


def _role(claim: Claim, usage: Usage) -> Role:
    if usage.kind in ("data", "ephemeral") and claim.role in ("primary", "part"):
        return "look-up"
    # An import or a constructor says that a service is used; the calls say for what. A block that makes nothing says
    # something of what another makes.
    says_that_only = usage.kind in ("import", "constructor") or (usage.kind == "field" and usage.language == "python")
    says_that_only |= usage.kind == "block" and usage.namespace == "arm"
    if says_that_only and claim.role == "primary":
        return "part"
    return claim.role


def _is_elsewhere(usage: Usage, service: Service, provider: Provider) -> bool:
    """Whether a use speaks the provider's language to another: at an endpoint of its own, or in a policy for it."""
    if usage.kind == "string" and usage.language in ("terraform", "kubernetes"):
        holder = usage.address.partition("." if usage.language == "terraform" else "/")[0]
        if any(covers(kind, holder) for kind in provider.spoken_by.get(usage.language, ())):
            return True
    if service.lock_in != "compatible" or usage.endpoint is None:
        return False
    endpoint = endpoint_of(usage.endpoint, service)
    return isinstance(endpoint, str) and not is_own(endpoint, provider)


def _confidence(usage: Usage, service: Service) -> Confidence:
    """How sure it is that a use is one of the provider's: where only a run tells its endpoint, it may be another's."""
    asked = service.lock_in == "compatible" and usage.endpoint is not None
    is_open = asked and endpoint_of(usage.endpoint, service) is UNKNOWN
    return _less(usage.confidence, "possible") if is_open else usage.confidence


def _doubted(usage: Usage, confidence: Confidence, because: str, *, is_guess: bool) -> tuple[Confidence, str]:
    """How sure a finding is and why it binds, where the evidence is a name or less. ``is_guess``: a module's name."""
    if usage.namespace == "boto3" and usage.symbol.partition(".")[0] == UNKNOWN.value:
        # A client whose service is a parameter: certainly a client, of nobody knows what.
        return "possible", "Which service this client is for, only a run could tell."
    if usage.namespace == "wrapper":
        package = usage.symbol.partition(".")[0]
        return confidence, f"What is called says so by its name; `{package}` was not read, so scan that package too."
    if is_guess:
        return _less(confidence, "likely"), f"{because} That this module makes it, only its name says: it was not read."
    return confidence, because


def _less(one: Confidence, other: Confidence) -> Confidence:
    return max(one, other, key=_CONFIDENCE.index)


def _inputs(service: Service, likenesses: Sequence[Usage]) -> dict[str, Any]:
    """What a replacement must know: literals, and ``None`` where only a run could tell; unset ones are absent."""
    found: dict[str, Any] = {}
    for name, wanted in sorted(service.inputs.items()):
        for usage in likenesses:
            said = wanted.said_by.get(usage.namespace, {})
            if usage.symbol in said:
                found[name] = said[usage.symbol]
                break
            places = wanted.found_in.get(usage.namespace, {})
            asked = next((places[symbol] for symbol in places if covers(symbol, usage.symbol)), None)
            if asked is None:
                continue
            path = next((path for path in each_path(asked) if path in usage.values), None)
            if path is not None:
                found[name] = _plain(usage.values[path])
            elif wanted.provider_default is not None:
                found[name] = wanted.provider_default
            break
    return found


def _plain(value: Any) -> Any:
    """A value with ``None`` wherever only a run could tell."""
    if value is UNKNOWN:
        return None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _retired(service: Service, likenesses: Sequence[Usage]) -> str:
    """What the seller has ended of what a use shows, after the service's name; empty where nothing certainly is."""
    ended = [one.text for one in service.retired if not one.when or shows(one.when, likenesses) is True]
    return " ".join([f"{service.name}:", *ended]) if ended else ""


def _message(service: Service, because: str, usage: Usage, offer: Offer | None) -> str:
    switch = f" It is switched by `{usage.switch}`." if usage.active == "unknown" and usage.switch else ""
    where = f" It runs in {offer.name}, which {offer.operator} operates." if offer else ""
    return f"{service.name}: {because}{where}{switch}"
