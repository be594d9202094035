"""Kinds of resources by name: those of R4 that are not read, and those of other versions."""

from __future__ import annotations

OTHERS = """
Account ActivityDefinition AdverseEvent Appointment AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct BodyStructure CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
CompartmentDefinition Composition ConceptMap Consent Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest EnrollmentResponse
EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal
GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation
ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location Measure MeasureReport
Media MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition
MessageHeader MolecularSequence NamingSystem NutritionOrder ObservationDefinition OperationDefinition OperationOutcome
Organization OrganizationAffiliation Parameters PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner
PractitionerRole Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter
ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance
SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet
VerificationResult VisionPrescription
"""
"""R4's other kinds of resources."""

OTHER_VERSIONS = {
    "MedicationOrder": "DSTU2", "MedicationPrescription": "DSTU1", "DiagnosticOrder": "DSTU2", "ProcedureRequest":
    "STU3", "ReferralRequest": "STU3", "BodySite": "STU3", "Sequence": "STU3", "EligibilityRequest": "STU3",
    "MedicationUsage": "R5", "DeviceUsage": "R5", "Permission": "R5", "Requirements": "R5",
    "ActorDefinition": "R5", "SubscriptionStatus": "R5", "SubscriptionTopic": "R5", "GenomicStudy": "R5",
    "ImagingSelection": "R5", "InventoryReport": "R5", "NutritionIntake": "R5", "Transport": "R5",
    "FormularyItem": "R5", "EncounterHistory": "R5", "ArtifactAssessment": "R5", "ConditionDefinition": "R5",
}  # fmt: skip
"""Kinds of resources that R4 does not have → the version that has them."""
