"""The words of EPCIS events: CBV 2.0 code lists, our own steps, and their namespaces.

In JSON a CBV word is bare. Other syntaxes write it as a URI; both are read.

>>> bare("https://ref.gs1.org/cbv/BizStep-receiving", "BizStep")
'receiving'
>>> bare("urn:epcglobal:cbv:bizstep:receiving", "BizStep")
'receiving'
>>> bare("https://example.org/steps/smoking", "BizStep")
'https://example.org/steps/smoking'
"""

from __future__ import annotations

from typing import Literal

__all__ = [
    "BIZ_STEPS",
    "CONTEXT",
    "DISPOSITIONS",
    "EPCIS_CONTEXT",
    "EPCIS_CONTEXTS",
    "ERROR_REASONS",
    "MEASUREMENTS",
    "OCOP_MEASUREMENTS",
    "OCOP_STEPS",
    "OCOP_TRANSACTION_TYPES",
    "PARTY_TYPES",
    "PREFIX",
    "STANDARD_PREFIXES",
    "TRANSACTION_TYPES",
    "VOCABULARY",
    "CodeList",
    "bare",
]

VOCABULARY = "https://w3id.org/ocoptrace/voc/"
"""Namespace of our own terms."""

PREFIX = "ocop"
"""The prefix of our namespace; no document may give it another meaning."""

CONTEXT = "https://w3id.org/ocoptrace/context/1"
"""Our JSON-LD context. Never fetched."""

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The JSON-LD context of EPCIS 2.0.0, the one that we write. Never fetched."""

EPCIS_CONTEXTS = frozenset(
    {
        EPCIS_CONTEXT,
        "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "https://gs1.github.io/EPCIS/epcis-context.jsonld",
    }
)
"""Names under which the EPCIS 2.0 context goes in documents."""

STANDARD_PREFIXES = {
    "cbv": frozenset({"https://ref.gs1.org/cbv/", "https://ns.gs1.org/cbv/"}),
    "cbvmda": frozenset({"urn:epcglobal:cbv:mda:", "urn:epcglobal:cbv:mda"}),
    "dcterms": frozenset({"http://purl.org/dc/terms/"}),
    "epcis": frozenset({"https://ref.gs1.org/epcis/", "https://ns.gs1.org/epcis/"}),
    "gs1": frozenset(
        {"https://gs1.org/voc/", "https://ref.gs1.org/voc/", "https://www.gs1.org/voc/"}
    ),
    "owl": frozenset({"http://www.w3.org/2002/07/owl#"}),
    "rdfs": frozenset({"http://www.w3.org/2000/01/rdf-schema#"}),
    "xsd": frozenset({"http://www.w3.org/2001/XMLSchema#"}),
}
"""Prefixes that the EPCIS context declares, with the namespaces seen for them."""

BIZ_STEPS = frozenset(
    """accepting arriving assembling collecting commissioning consigning
    creating_class_instance cycle_counting decommissioning departing destroying disassembling
    dispensing encoding entering_exiting holding inspecting installing killing loading other
    packing picking receiving removing repackaging repairing replacing reserving retail_selling
    sampling sensor_reporting shipping staging_outbound stock_taking stocking storing
    transporting unloading unpacking void_shipping""".split()
)
"""Business steps of CBV 2.0 (section 7.1)."""

DISPOSITIONS = frozenset(
    """active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
    no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved
    retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable
    unknown""".split()
)
"""Dispositions of CBV 2.0 (section 7.2)."""

TRANSACTION_TYPES = frozenset(
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt".split()
)
"""Business transaction types of CBV 2.0 (section 7.3)."""

PARTY_TYPES = frozenset({"location", "owning_party", "possessing_party"})
"""Source and destination types of CBV 2.0 (section 7.4)."""

ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})
"""Error reasons of CBV 2.0 (section 7.5)."""

MEASUREMENTS = frozenset(
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area
    Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent
    DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity
    ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance
    KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity MagneticFlux
    MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate
    MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power
    Pressure RadiantFlux RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity
    SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage
    Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber""".split()
)
"""Measurement types of the GS1 Web Vocabulary that EPCIS 2.0 names."""

OCOP_STEPS = frozenset(
    """cultivating harvesting landing salt_harvesting receiving_raw washing salting fermenting
    fermentation_check drawing_off milling mixing drying roasting cooking canning sterilising
    pasteurising splitting dyeing weaving finishing lab_testing filling labelling packing
    dispatching port_entry""".split()
)
"""Steps of small producers, finer than CBV has words for: ``ocop:fermenting``."""

OCOP_TRANSACTION_TYPES = frozenset(
    "catch_log field_log contract health_certificate origin_certificate".split()
)
"""Papers of small producers that CBV has no type for: ``ocop:catch_log``."""

OCOP_MEASUREMENTS = frozenset("pH Salinity MoistureContent NitrogenDegree FZero".split())
"""Measurements that the GS1 Web Vocabulary has no word for: ``ocop:pH``."""

CodeList = Literal["BizStep", "Disp", "BTT", "SDT", "ER", "Comp", "Measurement"]
"""A code list, by the name that its web URIs carry."""

_URN_NAMES: dict[CodeList, str] = {
    "BizStep": "bizstep",
    "Disp": "disp",
    "BTT": "btt",
    "SDT": "sdt",
    "ER": "er",
    "Comp": "comp",
}
_WEB_VOCABULARY = ("gs1:", *sorted(STANDARD_PREFIXES["gs1"]))


def bare(word: str, code_list: CodeList) -> str:
    """Return the bare form of a standard word; any other text comes back as it is.

    Args:
        word: bare, as web URI, as URN (EPCIS 1.x and XML), or as ``cbv:`` or ``gs1:`` name.
        code_list: the list that the word belongs to.
    """
    if ":" not in word:
        return word
    heads: tuple[str, ...]
    if code_list == "Measurement":
        heads = _WEB_VOCABULARY
    else:
        heads = (
            f"cbv:{code_list}-",
            f"urn:epcglobal:cbv:{_URN_NAMES[code_list]}:",
            *(f"{namespace}{code_list}-" for namespace in STANDARD_PREFIXES["cbv"]),
        )
    for head in heads:
        if word.startswith(head):
            return word.removeprefix(head)
    return word
